namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Where the areas of the panels of a matrix start, and how far their blocks are apart.</summary>
internal readonly unsafe struct PanelPlaces
{
    /// <summary>First byte of the first panel.</summary>
    public readonly byte* Data;

    /// <summary>Bytes of a panel.</summary>
    public readonly long PanelBytes;

    /// <summary>Start of the second area in a panel.</summary>
    public readonly long SecondStart;

    /// <summary>Start of the third area in a panel.</summary>
    public readonly long ThirdStart;

    /// <summary>Start of the fourth area in a panel.</summary>
    public readonly long FourthStart;

    /// <summary>Bytes of a block in the first area.</summary>
    public readonly long Scales;

    /// <summary>Bytes of a block in the second area.</summary>
    public readonly long Second;

    /// <summary>Bytes of a block in the third area.</summary>
    public readonly long Third;

    /// <summary>Bytes of a block in the fourth area.</summary>
    public readonly long Fourth;

    /// <summary>The places in one matrix.</summary>
    /// <param name="weight">Matrix; must stay alive while the places are used.</param>
    public PanelPlaces(QuantizedMatrix weight)
    {
        PanelFormat format = weight.Format;
        Data = weight.Data;
        PanelBytes = weight.PanelBytes;
        Place(format, weight.BlocksPerRow, 0, out _, out Scales);
        Place(format, weight.BlocksPerRow, 1, out SecondStart, out Second);
        Place(format, weight.BlocksPerRow, 2, out ThirdStart, out Third);
        Place(format, weight.BlocksPerRow, 3, out FourthStart, out Fourth);
    }

    private static void Place(PanelFormat format, int blocks, int section, out long start, out long stride)
    {
        bool exists = section < format.Sections.Length;
        start = exists ? format.AreaOffset(section, blocks) : 0;
        stride = exists ? format.Sections[section].Bytes * PanelFormat.Rows : 0;
    }
}
