namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Cuts the rows of a batch into tiles of nearly equal size, and says where the reordered rows lie. A tile holds its rows block by block: [block, token, 32].</summary>
internal unsafe struct TokenTiles
{
    /// <summary>Codes, [tile, 32 elements, token, 32].</summary>
    public sbyte* X;

    /// <summary>Scales, [tile, block, token].</summary>
    public float* Scales;

    /// <summary>Negative sums, [tile, 32 elements, token, 1 or 2].</summary>
    public int* NegativeSums;

    /// <summary>Scaled sums [tile, block, token], or pairs of sums in words [tile, block, token, 8]; null in rows without.</summary>
    public float* Sums;

    /// <summary>Rows and tiles.</summary>
    public int Rows, Count;

    /// <summary>Elements per row, elements per scale and per sum.</summary>
    public int Columns, BlockElements, SumElements;

    /// <summary>Floats in <see cref="Sums"/> per row and block.</summary>
    public int SumFloats;

    /// <summary>Gets the blocks per row.</summary>
    public readonly int Blocks => Columns / BlockElements;

    /// <summary>Returns the first row of a tile; the count gives the number of rows.</summary>
    public readonly int First(int tile) => (int)((long)Rows * tile / Count);

    /// <summary>Returns the codes of a tile from a block on.</summary>
    public readonly sbyte* XOf(int tile, int block) => X + ((long)First(tile) * Columns) + ((long)block * BlockElements * Size(tile));

    /// <summary>Returns the scales of a tile from a block on.</summary>
    public readonly float* ScalesOf(int tile, int block) => Scales + ((long)First(tile) * Blocks) + ((long)block * Size(tile));

    /// <summary>Returns the negative sums of a tile from a block on.</summary>
    public readonly int* NegativeSumsOf(int tile, int block) =>
        NegativeSums + ((long)First(tile) * (Columns / SumElements)) + ((long)block * (BlockElements / SumElements) * Size(tile));

    /// <summary>Returns the sums of a tile from a block on.</summary>
    public readonly float* SumsOf(int tile, int block) => Sums + ((((long)First(tile) * Blocks) + ((long)block * Size(tile))) * SumFloats);

    /// <summary>Returns the number of rows of a tile.</summary>
    public readonly int Size(int tile) => First(tile + 1) - First(tile);
}
