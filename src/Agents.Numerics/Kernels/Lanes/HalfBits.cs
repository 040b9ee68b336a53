namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Constants for widening halves, sign-extended to 32 bits, without a conversion instruction.</summary>
internal static class HalfBits
{
    /// <summary>All bits of a half but its sign.</summary>
    public const int Magnitude = 0x7fff;

    /// <summary>Bits of an infinite half.</summary>
    public const int Infinity = 0x7c00;

    /// <summary>Sign, exponent and fraction of a half that was shifted by 13.</summary>
    public const int ShiftedMask = unchecked((int)0x8fff_e000);

    /// <summary>Bits of a quiet single NaN.</summary>
    public const int SingleNaN = 0x7fc0_0000;

    /// <summary>2^112: bias of singles (127) less bias of halves (15).</summary>
    public const float Rebias = 5.192296858534828e33f;
}
