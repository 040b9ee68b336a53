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

    /// <summary>A block of a panel.</summary>
    /// <param name="places">Areas of the matrix.</param>
    /// <param name="panel">Index of the panel.</param>
    /// <param name="number">Index of the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PanelBlock(in PanelPlaces places, int panel, int number)
    {
        byte* start = places.Data + (panel * places.PanelBytes);
        Scales = start + (number * places.Scales);
        Second = start + places.SecondStart + (number * places.Second);
        Third = start + places.ThirdStart + (number * places.Third);
        Fourth = start + places.FourthStart + (number * places.Fourth);
    }

    /// <summary>Goes on to the next block.</summary>
    /// <param name="places">Areas of the matrix.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(in PanelPlaces places)
    {
        Scales += places.Scales;
        Second += places.Second;
        Third += places.Third;
        Fourth += places.Fourth;
    }
}
