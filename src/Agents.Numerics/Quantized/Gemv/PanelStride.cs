namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Bytes of one block of a panel in each of its areas.</summary>
internal readonly struct PanelStride
{
    /// <summary>Bytes in the first area.</summary>
    public readonly int Scales;

    /// <summary>Bytes in the second area.</summary>
    public readonly int Second;

    /// <summary>Bytes in the third area.</summary>
    public readonly int Third;

    /// <summary>Bytes in the fourth area.</summary>
    public readonly int Fourth;

    /// <summary>The strides of a format.</summary>
    /// <param name="format">Layout of panels.</param>
    public PanelStride(PanelFormat format)
    {
        ReadOnlySpan<PanelSection> sections = format.Sections;
        Scales = sections[0].Bytes * PanelFormat.Rows;
        Second = sections.Length > 1 ? sections[1].Bytes * PanelFormat.Rows : 0;
        Third = sections.Length > 2 ? sections[2].Bytes * PanelFormat.Rows : 0;
        Fourth = sections.Length > 3 ? sections[3].Bytes * PanelFormat.Rows : 0;
    }
}
