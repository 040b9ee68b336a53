using Agents.Numerics.Formats;

namespace Agents.Numerics.Kernels;

/// <summary>
/// How one layer's keys and values lie in a page, a piece of memory for a fixed number of consecutive positions: [key/value head, { keys, values }], so that
/// attention of one head reads two consecutive stretches. Each stretch starts on a multiple of 64 bytes.
/// </summary>
/// <remarks>
/// Keys are transposed in blocks of 16 positions, [block, head size, 16]; values are rows, [position, head size]. F32 (F64 for double kernels) and F16 hold
/// plain numbers. Q8_0 holds signed bytes with one half-precision scale per position and group of 32 components: in front of the codes of each key block
/// as [group, 16], behind the codes of all values as [position, group]. A head size that is no multiple of 32 ends in a shorter group.
/// <para>Rounding: F16 takes the nearest half, ties to even, and ±65504 for larger numbers. Q8_0 takes d = half(max|x| / 127), at most 65504, and q = x · (1 / d)
/// in single precision, rounded to the nearest integer, ties to even, within ±127; the value is d · q, which single precision holds exactly. Attention over
/// such a store has the bits of attention over an F32 store of the rounded numbers. A NaN stays NaN (in Q8_0, as its whole group does).</para>
/// </remarks>
/// <param name="Shape">Head layout.</param>
/// <param name="Type">F32 (F64 for double kernels), F16 or Q8_0.</param>
/// <param name="PagePositions">Positions per page; a multiple of 16.</param>
public readonly record struct KeyValueLayout(AttentionShape Shape, ElementType Type, int PagePositions)
{
    /// <summary>Components that share one scale in Q8_0.</summary>
    public const int GroupSize = 32;

    private const int Alignment = 64;

    /// <summary>Gets the bytes of one layer in one page.</summary>
    public long Bytes => Shape.KeyValueHeads * HeadBytes;

    /// <summary>Gets the number of groups of a head.</summary>
    public int Groups => (Shape.HeadSize + GroupSize - 1) / GroupSize;

    /// <summary>Gets the bytes of 16 keys of one head.</summary>
    public long KeyBlockBytes => KeyScaleBytes + ((long)Shape.HeadSize * AttentionShape.KeyBlock * ElementBytes);

    /// <summary>Gets the bytes of the scales in front of the codes of a key block.</summary>
    public int KeyScaleBytes => Type == ElementType.Q8_0 ? Groups * AttentionShape.KeyBlock * sizeof(ushort) : 0;

    /// <summary>Gets the bytes of one value row without scales.</summary>
    public int ValueBytes => Shape.HeadSize * ElementBytes;

    /// <summary>Gets the bytes of the scales of one value row.</summary>
    public int ValueScaleBytes => Type == ElementType.Q8_0 ? Groups * sizeof(ushort) : 0;

    /// <summary>Gets the bytes of one head in one page.</summary>
    public long HeadBytes => HeadKeyBytes + Align((long)PagePositions * (ValueBytes + ValueScaleBytes));

    private long HeadKeyBytes => Align(PagePositions / AttentionShape.KeyBlock * KeyBlockBytes);

    private int ElementBytes => Type switch
    {
        ElementType.F16 => sizeof(ushort),
        ElementType.Q8_0 => sizeof(byte),
        ElementType.F64 => sizeof(double),
        _ => sizeof(float),
    };

    /// <summary>Returns whether keys and values may be stored in a type.</summary>
    /// <param name="type">Any value.</param>
    public static bool IsSupported(ElementType type) => type is ElementType.F32 or ElementType.F16 or ElementType.Q8_0 or ElementType.F64;

    /// <summary>Byte offset of a block of 16 keys.</summary>
    /// <param name="head">Key/value head.</param>
    /// <param name="block">Block within the page.</param>
    public long KeyBlockOffset(int head, int block) => (head * HeadBytes) + (block * KeyBlockBytes);

    /// <summary>Byte offset of a value row.</summary>
    /// <param name="head">Key/value head.</param>
    /// <param name="position">Position within the page.</param>
    public long ValueOffset(int head, int position) => (head * HeadBytes) + HeadKeyBytes + ((long)position * ValueBytes);

    /// <summary>Byte offset of the scales of a value row.</summary>
    /// <param name="head">Key/value head.</param>
    /// <param name="position">Position within the page.</param>
    public long ValueScaleOffset(int head, int position) => ValueOffset(head, PagePositions) + ((long)position * ValueScaleBytes);

    /// <summary>Copies the first positions of this layer from one page to another.</summary>
    /// <param name="source">The layer in a page.</param>
    /// <param name="target">The layer in another page.</param>
    /// <param name="positions">Positions to copy.</param>
    public unsafe void Copy(byte* source, byte* target, int positions)
    {
        long keys = (positions + AttentionShape.KeyBlock - 1) / AttentionShape.KeyBlock * KeyBlockBytes;
        long values = (long)positions * ValueBytes;
        long scales = (long)positions * ValueScaleBytes;
        for (int head = 0; head < Shape.KeyValueHeads; head++)
        {
            CopyBytes(source, target, KeyBlockOffset(head, 0), keys);
            CopyBytes(source, target, ValueOffset(head, 0), values);
            CopyBytes(source, target, ValueScaleOffset(head, 0), scales);
        }
    }

    private static unsafe void CopyBytes(byte* source, byte* target, long offset, long count) =>
        Buffer.MemoryCopy(source + offset, target + offset, count, count);

    private static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
