using System.Runtime.CompilerServices;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Where one block lies in a rounded row.</summary>
internal unsafe struct RowBlock
{
    /// <summary>Codes of the block.</summary>
    public sbyte* Codes;

    /// <summary>d of the block.</summary>
    public float* Scale;

    /// <summary>Sums of codes: one in blocks of 32, 16 in blocks of 256.</summary>
    public int* Sums;

    /// <summary>s of the block, or null.</summary>
    public float* ScaledSum;

    /// <summary>The first block of a row.</summary>
    /// <param name="rows">Rounded rows.</param>
    /// <param name="row">Index of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowBlock(QuantizedRows rows, int row)
    {
        long blocks = (long)row * rows.BlocksPerRow;
        Codes = rows.Codes + ((long)row * rows.CodeStride);
        Scale = rows.Scales + blocks;
        Sums = rows.Sums + (blocks * (rows.BlockElements / rows.SumElements));
        ScaledSum = rows.Format == ActivationFormat.Block32WithSum ? rows.ScaledSums + blocks : null;
    }

    /// <summary>Goes on to the next block.</summary>
    /// <param name="elements">Elements of a block: 32 or 256.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int elements)
    {
        Codes += elements;
        Scale++;
        Sums += elements == 256 ? 16 : 1;
        ScaledSum++;
    }
}
