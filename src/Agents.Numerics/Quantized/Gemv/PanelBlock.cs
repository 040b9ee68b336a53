using System.Runtime.CompilerServices;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Where one block lies in the up to four areas of a panel, in the order of <see cref="PanelFormat.Sections"/>.</summary>
internal unsafe struct PanelBlock
{
    /// <summary>First area: halves.</summary>
    public byte* Scales;

    /// <summary>Second area.</summary>
    public byte* Second;

    /// <summary>Third area.</summary>
    public byte* Third;

    /// <summary>Fourth area.</summary>
    public byte* Fourth;

    /// <summary>The first block of a panel.</summary>
    /// <param name="weight">Matrix.</param>
    /// <param name="panel">Index of the panel.</param>
    public static PanelBlock First(QuantizedMatrix weight, int panel)
    {
        int sections = weight.Format.Sections.Length;
        PanelBlock block = default;
        block.Scales = weight.Area(panel, 0);
        block.Second = sections > 1 ? weight.Area(panel, 1) : null;
        block.Third = sections > 2 ? weight.Area(panel, 2) : null;
        block.Fourth = sections > 3 ? weight.Area(panel, 3) : null;
        return block;
    }

    /// <summary>Goes on to the next block.</summary>
    /// <param name="stride">Bytes of a block in every area.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(in PanelStride stride)
    {
        Scales += stride.Scales;
        Second += stride.Second;
        Third += stride.Third;
        Fourth += stride.Fourth;
    }
}
