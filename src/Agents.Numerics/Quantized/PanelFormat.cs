using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized;

/// <summary>
/// How blocks of 16 rows are interleaved for the kernels. A panel holds 16 rows and has one area per section; an area is [block, element, row], so that one
/// vector register holds the same element of all 16 rows (4-byte elements are 4 codes of consecutive k: the operand of a byte dot product). Nothing is added
/// and nothing recoded, so a panel has the bytes of its 16 stored rows, areas being rounded up to 64.
/// </summary>
/// <remarks>Block layouts: papers/00-quantization-baselines §5. Interleaving: papers/00-cpu-kernels §4.</remarks>
public sealed class PanelFormat
{
    /// <summary>Rows per panel; the last panel of a matrix is padded with rows of zero bytes (before the flip).</summary>
    public const int Rows = 16;

    /// <summary>Areas start at multiples of this many bytes, and so do panels.</summary>
    public const int Alignment = 64;

    private static readonly PanelFormat[] Known =
    [
        new(ElementType.F16, new PanelSection(0, 2, 1)),
        new(ElementType.BF16, new PanelSection(0, 2, 1)),
        new(ElementType.Q4_0, new PanelSection(0, 2, 1), new PanelSection(2, 4, 4)),
        new(ElementType.Q4_1, new PanelSection(0, 2, 2), new PanelSection(4, 4, 4)),
        new(ElementType.Q5_0, new PanelSection(0, 2, 1), new PanelSection(2, 4, 1), new PanelSection(6, 4, 4)),
        new(ElementType.Q5_1, new PanelSection(0, 2, 2), new PanelSection(4, 4, 1), new PanelSection(8, 4, 4)),
        new(ElementType.Q8_0, new PanelSection(0, 2, 1), new PanelSection(2, 4, 8, Flip: 0x80)),
        new(ElementType.IQ4_NL, new PanelSection(0, 2, 1), new PanelSection(2, 4, 4)),
        new(ElementType.Q2_K, new PanelSection(80, 2, 2), new PanelSection(0, 1, 16), new PanelSection(16, 4, 16)),
        new(ElementType.Q3_K, new PanelSection(108, 2, 1), new PanelSection(96, 1, 12), new PanelSection(0, 4, 8), new PanelSection(32, 4, 16)),
        new(ElementType.Q4_K, new PanelSection(0, 2, 2), new PanelSection(4, 1, 12), new PanelSection(16, 4, 32)),
        new(ElementType.Q5_K, new PanelSection(0, 2, 2), new PanelSection(4, 1, 12), new PanelSection(16, 4, 8), new PanelSection(48, 4, 32)),
        new(ElementType.Q6_K, new PanelSection(208, 2, 1), new PanelSection(192, 1, 16), new PanelSection(0, 4, 32), new PanelSection(128, 4, 16)),
        new(ElementType.TQ1_0, new PanelSection(52, 2, 1), new PanelSection(0, 4, 12), new PanelSection(48, 4, 1)),
        new(ElementType.TQ2_0, new PanelSection(64, 2, 1), new PanelSection(0, 4, 16)),
    ];

    private readonly PanelSection[] _sections;

    private PanelFormat(ElementType type, params PanelSection[] sections)
    {
        Type = type;
        BlockLayouts.TryGet(type, out BlockLayout layout);
        Layout = layout;
        _sections = sections;
    }

    /// <summary>Gets all formats that can be packed.</summary>
    public static IReadOnlyList<PanelFormat> All => Known;

    /// <summary>Gets the element type of the stored rows.</summary>
    public ElementType Type { get; }

    /// <summary>Gets elements and bytes of a stored block.</summary>
    public BlockLayout Layout { get; }

    /// <summary>Gets the sections in the order of their areas: scales first, codes last.</summary>
    public ReadOnlySpan<PanelSection> Sections => _sections;

    /// <summary>Looks a format up.</summary>
    /// <param name="type">Any value.</param>
    /// <param name="format">The format; null when the result is false.</param>
    /// <returns>False when matrices of the type cannot be packed.</returns>
    public static bool TryGet(ElementType type, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PanelFormat? format)
    {
        format = Array.Find(Known, known => known.Type == type);
        return format is not null;
    }

    /// <summary>Returns where an area starts inside a panel.</summary>
    /// <param name="section">Index into <see cref="Sections"/>; their number gives the size of a panel.</param>
    /// <param name="blocks">Blocks per row.</param>
    public long AreaOffset(int section, int blocks)
    {
        long offset = 0;
        for (int i = 0; i < section; i++)
        {
            offset += ((long)blocks * _sections[i].Bytes * Rows + Alignment - 1) / Alignment * Alignment;
        }

        return offset;
    }

    /// <summary>Returns the bytes of a panel.</summary>
    /// <param name="blocks">Blocks per row.</param>
    public long PanelBytes(int blocks) => AreaOffset(_sections.Length, blocks);
}
