using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>What the tile kernels must know of a weight format; formats with the same shape share kernels.</summary>
/// <param name="BlockElements">Elements per floating-point scale: 32 or 256.</param>
/// <param name="SubScales">Integer scales per 32 elements: 0, 1 or 2; always 0 in blocks of 32.</param>
/// <param name="HasMinimums">Whether a second term of minimums times sums of activations is added.</param>
/// <param name="OffsetShift">The unsigned codes stand for code − 2^shift; −1 when they have no offset.</param>
/// <param name="CodeBits">Bits of an unsigned code.</param>
internal readonly record struct TileShape(int BlockElements, int SubScales, bool HasMinimums, int OffsetShift, int CodeBits)
{
    /// <summary>Returns the shape of a format.</summary>
    /// <param name="type">A format whose activations are rounded.</param>
    public static TileShape Of(ElementType type) => type switch
    {
        ElementType.Q4_0 => new(32, 0, false, 3, 4),
        ElementType.Q4_1 => new(32, 0, true, -1, 4),
        ElementType.Q5_0 => new(32, 0, false, 4, 5),
        ElementType.Q5_1 => new(32, 0, true, -1, 5),
        ElementType.Q8_0 or ElementType.IQ4_NL => new(32, 0, false, 7, 8),
        ElementType.Q2_K => new(256, 2, true, -1, 2),
        ElementType.Q3_K => new(256, 2, false, 2, 3),
        ElementType.Q4_K => new(256, 1, true, -1, 4),
        ElementType.Q5_K => new(256, 1, true, -1, 5),
        ElementType.Q6_K => new(256, 2, false, 5, 6),
        ElementType.TQ1_0 or ElementType.TQ2_0 => new(256, 0, false, 0, 2),
        _ => throw new ArgumentException($"{BlockLayouts.NameOf(type)} has no integer products.", nameof(type)),
    };
}
