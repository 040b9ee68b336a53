using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Where the areas of a panel start, from the panel's first byte, in the order of <see cref="PanelFormat.Sections"/>.</summary>
/// <param name="weight">A packed matrix.</param>
/// <param name="data">Its first panel.</param>
internal readonly unsafe struct PanelAreas(QuantizedMatrix weight, byte* data)
{
    private readonly byte* _data = data;
    private readonly long _panelBytes = weight.PanelBytes;
    private readonly long _second = Offset(weight, 1);
    private readonly long _third = Offset(weight, 2);
    private readonly long _fourth = Offset(weight, 3);

    /// <summary>Returns the first area of a panel: scales.</summary>
    public byte* First(int panel) => _data + (panel * _panelBytes);

    /// <summary>Returns the second area of a panel.</summary>
    public byte* Second(int panel) => First(panel) + _second;

    /// <summary>Returns the third area of a panel.</summary>
    public byte* Third(int panel) => First(panel) + _third;

    /// <summary>Returns the fourth area of a panel.</summary>
    public byte* Fourth(int panel) => First(panel) + _fourth;

    /// <summary>Points an assembled kernel at one or two panels as they are stored.</summary>
    /// <param name="type">Format of the weight.</param>
    /// <param name="panel">First panel.</param>
    /// <param name="panels">1 or 2.</param>
    /// <param name="arguments">Arguments of the kernel.</param>
    public void PointAt(ElementType type, int panel, int panels, ref TileArguments arguments)
    {
        long packedScales = type switch
        {
            ElementType.Q2_K or ElementType.Q3_K or ElementType.Q4_K or ElementType.Q5_K or ElementType.Q6_K => _second,
            _ => 0,
        };
        long codes = type switch
        {
            ElementType.Q5_0 or ElementType.Q5_1 or ElementType.Q2_K or ElementType.Q4_K or ElementType.Q6_K => _third,
            ElementType.Q3_K or ElementType.Q5_K => _fourth,
            _ => _second,
        };
        long bits = type switch
        {
            ElementType.Q5_0 or ElementType.Q5_1 => _second,
            ElementType.Q3_K or ElementType.Q5_K or ElementType.TQ1_0 => _third,
            ElementType.Q6_K => _fourth,
            _ => 0,
        };
        byte* first = First(panel);
        byte* last = First(panel + panels - 1);
        arguments.Halves = first;
        arguments.SecondHalves = last;
        arguments.PackedScales = first + packedScales;
        arguments.SecondPackedScales = last + packedScales;
        arguments.Codes = first + codes;
        arguments.SecondCodes = last + codes;
        arguments.Bits = first + bits;
        arguments.SecondBits = last + bits;
        arguments.NextPanels = First(panel + panels) - first;
    }

    private static long Offset(QuantizedMatrix weight, int section) =>
        section < weight.Format.Sections.Length ? weight.Format.AreaOffset(section, weight.BlocksPerRow) : 0;
}
