namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Where the areas of a panel start, from the panel's first byte, in the order of <see cref="PanelFormat.Sections"/>.</summary>
/// <param name="weight">A packed matrix.</param>
internal readonly unsafe struct PanelAreas(QuantizedMatrix weight)
{
    private readonly byte* _data = weight.Data;
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

    private static long Offset(QuantizedMatrix weight, int section) =>
        section < weight.Format.Sections.Length ? weight.Format.AreaOffset(section, weight.BlocksPerRow) : 0;
}
