using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk, int worker)
    {
        int tile = chunk / ChunksPerTile;
        int first = chunk % ChunksPerTile * BlocksPerChunk;
        int end = Math.Min(first + BlocksPerChunk, Tiles.Blocks);
        if (Tiles.BlockElements == 32)
        {
            Blocks32(tile, first, end);
        }
        else
        {
            Blocks256(tile, first, end);
        }
    }

    // Two blocks at a time, so that a cache line is read once; what is written is consecutive.
    private readonly void Blocks32(int tile, int first, int end)
    {
        int tokens = Tiles.Size(tile);
        int row = Tiles.First(tile);
        long stride = Tiles.Columns;
        int blocks = Tiles.Blocks;
        for (int block = first; block < end; block += 2)
        {
            sbyte* from = Codes + (row * stride) + (block * 32L);
            long index = ((long)row * blocks) + block;
            sbyte* x = Tiles.XOf(tile, block);
            float* scales = Tiles.ScalesOf(tile, block);
            int* negative = Tiles.NegativeSumsOf(tile, block);
            float* sums = ScaledSums == null ? null : Tiles.SumsOf(tile, block);
            bool two = block + 1 < end;
            for (int token = 0; token < tokens; token++, from += stride, index += blocks, x += 32)
            {
                Vector256.Load(from).Store(x);
                scales[token] = Scales[index];
                negative[token] = -Sums[index];
                if (two)
                {
                    Vector256.Load(from + 32).Store(x + (32L * tokens));
                    scales[tokens + token] = Scales[index + 1];
                    negative[tokens + token] = -Sums[index + 1];
                }

                if (sums != null)
                {
                    sums[token] = ScaledSums[index];
                    if (two)
                    {
                        sums[tokens + token] = ScaledSums[index + 1];
                    }
                }
            }
        }
    }

    private readonly void Blocks256(int tile, int first, int end)
    {
        int tokens = Tiles.Size(tile);
        int row = Tiles.First(tile);
        long stride = Tiles.Columns;
        int blocks = Tiles.Blocks;
        for (int block = first; block < end; block++)
        {
            sbyte* x = Tiles.XOf(tile, block);
            for (int i = 0; i < 256; i += 64, x += 32L * tokens)
            {
                sbyte* from = Codes + (row * stride) + (block * 256L) + i;
                for (int token = 0; token < tokens; token++, from += stride, x += 32)
                {
                    Vector256.Load(from).Store(x);
                    Vector256.Load(from + 32).Store(x + (32L * tokens));
                }
            }

            Sums256(tile, block);
        }
    }

    private readonly void Sums256(int tile, int block)
    {
        int tokens = Tiles.Size(tile);
        float* scales = Tiles.ScalesOf(tile, block);
        short* words = (short*)Tiles.SumsOf(tile, block);
        int* negative = Tiles.NegativeSumsOf(tile, block);
        long index = ((long)Tiles.First(tile) * Tiles.Blocks) + block;
        for (int token = 0; token < tokens; token++, index += Tiles.Blocks, words += 16)
        {
            int* sums = Sums + (index * 16);
            scales[token] = Scales[index];
            Vector256.Narrow(Vector256.Load(sums), Vector256.Load(sums + 8)).Store(words);
            int* target = negative + (2 * token);
            for (int i = 0; i < 16; i += 2, target += 2L * tokens)
            {
                target[0] = -sums[i];
                target[1] = -sums[i + 1];
            }
        }
    }
}
