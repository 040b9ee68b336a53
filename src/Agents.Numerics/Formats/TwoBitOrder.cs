namespace Agents.Numerics.Formats;

/// <summary>Where two-bit codes lie in the 64 bytes of a super-block of 256: element 128h + 32j + l in bits 2j, 2j + 1 of byte 32h + l.</summary>
internal static class TwoBitOrder
{
    /// <summary>Bytes of 256 codes.</summary>
    public const int Bytes = 64;

    /// <summary>First byte of a run of sixteen elements.</summary>
    /// <param name="part">Index of the run, 0 to 15.</param>
    public static int Byte(int part) => (part >> 3 << 5) + ((part & 1) << 4);

    /// <summary>First bit of a run of sixteen elements.</summary>
    /// <param name="part">Index of the run, 0 to 15.</param>
    public static int Shift(int part) => part & 6;

    /// <summary>Packs codes.</summary>
    /// <param name="codes">256 codes of 0..3.</param>
    /// <param name="packed">Receives 64 bytes.</param>
    public static void Pack(ReadOnlySpan<byte> codes, Span<byte> packed)
    {
        for (int index = 0; index < Bytes; index++)
        {
            int at = (index >> 5 << 7) + (index & 31);
            packed[index] = (byte)(codes[at] | (codes[at + 32] << 2) | (codes[at + 64] << 4) | (codes[at + 96] << 6));
        }
    }
}
