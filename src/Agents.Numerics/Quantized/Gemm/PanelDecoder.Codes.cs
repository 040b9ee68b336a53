namespace Agents.Numerics.Quantized.Gemm;

/// <content>The codes. Sources and targets are rows of 64 bytes: four consecutive k of 16 rows.</content>
internal static unsafe partial class PanelDecoder<TLanes, TVector>
{
    /// <summary>Splits codes of 8 bits into nibbles; the low ones may take the place of the codes.</summary>
    /// <param name="codes">[blocks, 512].</param>
    /// <param name="blocks">Number of 32 elements.</param>
    /// <param name="low">Receives low nibbles.</param>
    /// <param name="high">Receives high nibbles.</param>
    public static void Split(byte* codes, int blocks, byte* low, byte* high)
    {
        TVector mask = TLanes.Fill(15);
        for (int i = 0; i < blocks * EighthBytes; i += TLanes.Count)
        {
            TVector value = TLanes.Load(codes + i);
            TLanes.Store(TLanes.And(value, mask), low + i);
            TLanes.Store(TLanes.And(TLanes.ShiftRight(value, 4), mask), high + i);
        }
    }

    // Q4_0, Q4_1: low nibbles are elements 0 to 15, high ones 16 to 31.
    private static void Nibbles(byte* source, int blocks, byte* codes)
    {
        TVector low = TLanes.Fill(15);
        for (int block = 0; block < blocks; block++, source += 4 * GroupBytes, codes += EighthBytes)
        {
            for (int i = 0; i < 4 * GroupBytes; i += TLanes.Count)
            {
                TVector value = TLanes.Load(source + i);
                TLanes.Store(TLanes.And(value, low), codes + i);
                TLanes.Store(TLanes.And(TLanes.ShiftRight(value, 4), low), codes + (4 * GroupBytes) + i);
            }
        }
    }

    private static void Levels(byte* source, int blocks, byte* codes)
    {
        TVector low = TLanes.Fill(15);
        TVector levels = Constant(PanelTables.Levels);
        for (int block = 0; block < blocks; block++, source += 4 * GroupBytes, codes += EighthBytes)
        {
            for (int i = 0; i < 4 * GroupBytes; i += TLanes.Count)
            {
                TVector value = TLanes.Load(source + i);
                TLanes.Store(TLanes.Pick(levels, TLanes.And(value, low)), codes + i);
                TLanes.Store(TLanes.Pick(levels, TLanes.And(TLanes.ShiftRight(value, 4), low)), codes + (4 * GroupBytes) + i);
            }
        }
    }

    // Q5_0, Q5_1: bit e of 32 bits belongs to element e.
    private static void NibblesAndBits(byte* source, byte* bits, int blocks, byte* codes)
    {
        Nibbles(source, blocks, codes);
        TVector sixteen = TLanes.Fill(16);
        TVector lowBits = Constant(PanelTables.Bits);
        TVector highBits = Constant(PanelTables.Bits[16..]);
        for (int block = 0; block < blocks; block++, bits += GroupBytes, codes += EighthBytes)
        {
            for (int i = 0; i < GroupBytes; i += TLanes.Count)
            {
                TVector value = TLanes.Load(bits + i);
                for (int pair = 0; pair < 4; pair++)
                {
                    TVector spread = TLanes.Pick(value, Constant(PanelTables.Spread[(16 * pair)..]));
                    byte* even = codes + (2 * pair * GroupBytes) + i;
                    byte* odd = even + GroupBytes;
                    TLanes.Store(TLanes.Or(TLanes.Load(even), TLanes.And(sixteen, TLanes.AtLeast(TLanes.And(spread, lowBits), lowBits))), even);
                    TLanes.Store(TLanes.Or(TLanes.Load(odd), TLanes.And(sixteen, TLanes.AtLeast(TLanes.And(spread, highBits), highBits))), odd);
                }
            }
        }
    }

    // Q4_K, Q5_K: 32 elements from low nibbles, the next 32 from high ones; bit n of the bit plane belongs to the n-th 32 elements.
    private static void LongNibbles(byte* source, byte* bits, byte* codes)
    {
        TVector low = TLanes.Fill(15);
        TVector sixteen = TLanes.Fill(16);
        for (int chunk = 0; chunk < 4; chunk++, source += EighthBytes, codes += 2 * EighthBytes)
        {
            for (int i = 0; i < EighthBytes; i += TLanes.Count)
            {
                TVector value = TLanes.Load(source + i);
                TVector first = TLanes.And(value, low);
                TVector second = TLanes.And(TLanes.ShiftRight(value, 4), low);
                if (bits != null)
                {
                    TVector plane = TLanes.ShiftRight(TLanes.Load(bits + i), 2 * chunk);
                    first = TLanes.Or(first, TLanes.And(TLanes.ShiftLeft(plane, 4), sixteen));
                    second = TLanes.Or(second, TLanes.And(TLanes.ShiftLeft(plane, 3), sixteen));
                }

                TLanes.Store(first, codes + i);
                TLanes.Store(second, codes + EighthBytes + i);
            }
        }
    }

    // Q2_K, TQ2_0: in each half of the block, bits 2n and 2n + 1 belong to the n-th 32 elements.
    private static void Pairs(byte* source, byte* codes)
    {
        TVector three = TLanes.Fill(3);
        for (int half = 0; half < 2; half++, source += EighthBytes, codes += 4 * EighthBytes)
        {
            for (int i = 0; i < EighthBytes; i += TLanes.Count)
            {
                TVector value = TLanes.Load(source + i);
                for (int n = 0; n < 4; n++)
                {
                    TLanes.Store(TLanes.And(TLanes.ShiftRight(value, 2 * n), three), codes + (n * EighthBytes) + i);
                }
            }
        }
    }

    // Q3_K: bit n of the bit plane belongs to the n-th 32 elements of the block.
    private static void PairsAndBits(byte* source, byte* bits, byte* codes)
    {
        TVector three = TLanes.Fill(3);
        TVector four = TLanes.Fill(4);
        for (int half = 0; half < 2; half++, source += EighthBytes, codes += 4 * EighthBytes)
        {
            for (int i = 0; i < EighthBytes; i += TLanes.Count)
            {
                TVector value = TLanes.Load(source + i);
                TVector plane = TLanes.ShiftRight(TLanes.Load(bits + i), 4 * half);
                for (int n = 0; n < 4; n++)
                {
                    TVector high = n < 2 ? TLanes.ShiftLeft(plane, 2 - n) : TLanes.ShiftRight(plane, n - 2);
                    TLanes.Store(TLanes.Or(TLanes.And(TLanes.ShiftRight(value, 2 * n), three), TLanes.And(high, four)), codes + (n * EighthBytes) + i);
                }
            }
        }
    }

    // Q6_K: in each half of the block, 64 bytes of nibbles (low ones first) and 32 bytes of pairs of upper bits.
    private static void NibblesAndPairs(byte* source, byte* pairs, byte* codes)
    {
        TVector low = TLanes.Fill(15);
        TVector upper = TLanes.Fill(0x30);
        for (int half = 0; half < 2; half++, source += 2 * EighthBytes, pairs += EighthBytes, codes += 4 * EighthBytes)
        {
            for (int i = 0; i < EighthBytes; i += TLanes.Count)
            {
                TVector first = TLanes.Load(source + i);
                TVector second = TLanes.Load(source + EighthBytes + i);
                TVector high = TLanes.Load(pairs + i);
                TLanes.Store(TLanes.Or(TLanes.And(first, low), TLanes.And(TLanes.ShiftLeft(high, 4), upper)), codes + i);
                TLanes.Store(TLanes.Or(TLanes.And(second, low), TLanes.And(TLanes.ShiftLeft(high, 2), upper)), codes + EighthBytes + i);
                TLanes.Store(TLanes.Or(TLanes.And(TLanes.ShiftRight(first, 4), low), TLanes.And(high, upper)), codes + (2 * EighthBytes) + i);
                TLanes.Store(TLanes.Or(TLanes.And(TLanes.ShiftRight(second, 4), low), TLanes.And(TLanes.ShiftRight(high, 2), upper)), codes + (3 * EighthBytes) + i);
            }
        }
    }

    // TQ1_0: five base-3 digits per byte, the first the most significant: 32 bytes, then 16, then 4 with four digits.
    private static void Trits(byte* source, byte* last, byte* codes)
    {
        Digits(source, 8, 5, codes);
        Digits(source + EighthBytes, 4, 5, codes + (5 * EighthBytes));
        Digits(last, 1, 4, codes + (7 * EighthBytes) + (4 * GroupBytes));
    }

    private static void Digits(byte* source, int groups, int digits, byte* codes)
    {
        // The digit of t is t · 3 / 256: 0 below 86, 1 below 171.
        TVector one = TLanes.Fill(86);
        TVector two = TLanes.Fill(171);
        for (int i = 0; i < groups * GroupBytes; i += TLanes.Count)
        {
            TVector value = TLanes.Load(source + i);
            for (int digit = 0; digit < digits; digit++)
            {
                TVector negative = TLanes.Add(TLanes.AtLeast(value, one), TLanes.AtLeast(value, two));
                TLanes.Store(TLanes.Subtract(default, negative), codes + (digit * groups * GroupBytes) + i);
                value = TLanes.Add(value, TLanes.Add(value, value));
            }
        }
    }

    private static TVector Constant(ReadOnlySpan<byte> sixteen)
    {
        fixed (byte* bytes = sixteen)
        {
            return TLanes.Repeat(bytes);
        }
    }
}
