namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Constants of the unpackers.</summary>
internal static class PanelTables
{
    /// <summary>Gets the levels of IQ4_NL plus 128.</summary>
    public static ReadOnlySpan<byte> Levels => [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];

    /// <summary>Gets four selections of 16 bytes: the n-th copies byte n of every 32 bits to all four.</summary>
    public static ReadOnlySpan<byte> Spread =>
    [
        0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12,
        1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13,
        2, 2, 2, 2, 6, 6, 6, 6, 10, 10, 10, 10, 14, 14, 14, 14,
        3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15,
    ];

    /// <summary>Gets bits 0 to 3, one per byte, four times; then bits 4 to 7.</summary>
    public static ReadOnlySpan<byte> Bits =>
    [
        1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8,
        16, 32, 64, 128, 16, 32, 64, 128, 16, 32, 64, 128, 16, 32, 64, 128,
    ];
}
