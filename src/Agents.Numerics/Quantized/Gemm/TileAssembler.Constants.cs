namespace Agents.Numerics.Quantized.Gemm;

/// <content>Constants behind the code.</content>
internal sealed partial class TileAssembler
{
    // Tables of 16 bytes, then bytes that fill 32 bits, then integers.
    private const int Levels = 0;
    private const int SpreadTable = 16;
    private const int BitTable = 80;
    private const int Bytes = 112;
    private const int Integers = Bytes + (4 * 8);

    private static ReadOnlySpan<byte> FilledBytes => [1, 3, 4, 15, 16, 48, 86, 171];

    private static ReadOnlySpan<int> FilledIntegers => [15, 32, 48, 63, 0xf0000];

    /// <summary>Returns the place of 32 bits of equal bytes.</summary>
    private static int ByteOf(byte value) => Bytes + (4 * Place(FilledBytes.IndexOf(value)));

    /// <summary>Returns the place of an integer.</summary>
    private static int IntegerOf(int value) => Integers + (4 * Place(FilledIntegers.IndexOf(value)));

    private static int Place(int index) => index >= 0 ? index : throw new InvalidOperationException("A constant of the assembled kernels is missing.");

    private void Constants()
    {
        byte[] bytes = new byte[Integers + (4 * FilledIntegers.Length)];
        PanelTables.Levels.CopyTo(bytes.AsSpan(Levels));
        PanelTables.Spread.CopyTo(bytes.AsSpan(SpreadTable));
        PanelTables.Bits.CopyTo(bytes.AsSpan(BitTable));
        for (int i = 0; i < FilledBytes.Length; i++)
        {
            bytes.AsSpan(Bytes + (4 * i), 4).Fill(FilledBytes[i]);
        }

        for (int i = 0; i < FilledIntegers.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(Integers + (4 * i)), FilledIntegers[i]);
        }

        _code.Label(ref _constants);
        _code.db(bytes);
    }
}
