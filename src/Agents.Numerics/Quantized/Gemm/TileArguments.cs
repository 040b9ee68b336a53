using System.Runtime.InteropServices;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>
/// One call of a tile kernel: some blocks of one or two panels against a tile of rows ("tokens"). Assembled code reads the fields by their offsets.
/// Everything of the weight is 64-byte aligned. Assembled kernels read panels as they are stored; all others want unsigned codes and singles.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileArguments
{
    /// <summary>Unsigned codes of the first panel, [32 elements, 8, 16 rows, 4], or codes as stored.</summary>
    public byte* Codes;

    /// <summary>Unsigned codes of the second panel.</summary>
    public byte* SecondCodes;

    /// <summary>Upper bits of the first panel as stored; only in assembled kernels of formats with such a plane.</summary>
    public byte* Bits;

    /// <summary>Upper bits of the second panel.</summary>
    public byte* SecondBits;

    /// <summary>Scales (and minimums or their scales) of the first panel as stored, halves [block, 1 or 2, 16]; only in assembled kernels.</summary>
    public byte* Halves;

    /// <summary>Scales of the second panel as stored.</summary>
    public byte* SecondHalves;

    /// <summary>Integer scales of the first panel as stored, bytes [block, 12 or 16, 16]; only in assembled kernels of blocks of 256.</summary>
    public byte* PackedScales;

    /// <summary>Integer scales of the second panel as stored.</summary>
    public byte* SecondPackedScales;

    /// <summary>Scales of the weight, [block, panel, 16].</summary>
    public float* Scales;

    /// <summary>Scales of the minimums, or minimums in blocks of 32, [block, panel, 16]; only in shapes with minimums.</summary>
    public float* MinimumScales;

    /// <summary>Integer scales of one block of 256, [32 elements, 1 or 2, panel, 16].</summary>
    public int* SubScales;

    /// <summary>Integer minimums of one block of 256, [8, panel, 16, 2]: pairs for 32 consecutive elements.</summary>
    public short* Minimums;

    /// <summary>Activation codes, [32 elements, token, 32].</summary>
    public sbyte* X;

    /// <summary>Activation scales, [block, token].</summary>
    public float* XScales;

    /// <summary>Negative sums of activation codes: [32 elements, token] in blocks of 32, [32 elements, token, 2] in blocks of 256.</summary>
    public int* NegativeSums;

    /// <summary>In blocks of 32: scaled sums, [block, token], floats. In blocks of 256: sums of 16, [block, token, 16], 16-bit integers.</summary>
    public void* XSums;

    /// <summary>Results so far, [token, panel, 16].</summary>
    public float* Accumulators;

    /// <summary>Scratch of blocks of 256, [token, panel, 16].</summary>
    public int* Totals;

    /// <summary>Bytes from these panels to the ones that come next, for prefetching; only in assembled kernels.</summary>
    public long NextPanels;

    /// <summary>Number of tokens, at least 1.</summary>
    public long Tokens;

    /// <summary>Number of blocks, at least 1.</summary>
    public long Blocks;
}
