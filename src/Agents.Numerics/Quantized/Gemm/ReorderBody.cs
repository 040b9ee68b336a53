using System.Runtime.CompilerServices;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Copies rounded rows into the order in which the tile kernels read them. A chunk is a range of blocks of one tile.</summary>
internal unsafe struct ReorderBody : IComputeBody
{
    /// <summary>Where the rows go.</summary>
    public TokenTiles Tiles;

    /// <summary>Codes, scales and sums as in <see cref="QuantizedRows"/>.</summary>
    public sbyte* Codes;

    /// <inheritdoc cref="Codes"/>
    public float* Scales;

    /// <inheritdoc cref="Codes"/>
    public int* Sums;

    /// <inheritdoc cref="Codes"/>
    public float* ScaledSums;

    /// <summary>Blocks per chunk, and chunks per tile.</summary>
    public int BlocksPerChunk, ChunksPerTile;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int tile = chunk / ChunksPerTile;
        int first = chunk % ChunksPerTile * BlocksPerChunk;
        int end = Math.Min(first + BlocksPerChunk, Tiles.Blocks);
        int tokens = Tiles.Size(tile);
        int sumsPerBlock = Tiles.BlockElements / Tiles.SumElements;
        for (int token = 0; token < tokens; token++)
        {
            int row = Tiles.First(tile) + token;
            for (int block = first; block < end; block++)
            {
                long index = ((long)row * Tiles.Blocks) + block;
                Tiles.ScalesOf(tile, block)[token] = Scales[index];
                sbyte* codes = Codes + (index * Tiles.BlockElements);
                sbyte* x = Tiles.XOf(tile, block) + (token * 32);
                for (int eighth = 0; eighth < Tiles.BlockElements; eighth += 32)
                {
                    Unsafe.CopyBlockUnaligned(x + ((long)eighth * tokens), codes + eighth, 32);
                }

                int* sums = Sums + (index * sumsPerBlock);
                int* negative = Tiles.NegativeSumsOf(tile, block);
                if (sumsPerBlock == 1)
                {
                    negative[token] = -*sums;
                    if (ScaledSums != null)
                    {
                        Tiles.SumsOf(tile, block)[token] = ScaledSums[index];
                    }

                    continue;
                }

                short* words = (short*)(Tiles.SumsOf(tile, block) + (token * Tiles.SumFloats));
                for (int i = 0; i < sumsPerBlock; i++)
                {
                    negative[(((i / 2) * tokens) + token) * 2 + (i % 2)] = -sums[i];
                    words[i] = (short)sums[i];
                }
            }
        }
    }
}
