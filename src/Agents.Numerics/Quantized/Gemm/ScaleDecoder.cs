using System.Runtime.Intrinsics;
using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Unpacks the scales of 16 rows.</summary>
/// <remarks>Block layouts: papers/00-quantization-baselines §5.</remarks>
internal static unsafe class ScaleDecoder
{
    private const int Rows = PanelFormat.Rows;

    /// <summary>One half per row and block: scales.</summary>
    public static void One(byte* area, int block, int blocks, in Place to)
    {
        for (int i = 0; i < blocks; i++)
        {
            Widen(area + ((block + i) * 2L * Rows), to.Scales + (i * to.Stride));
        }
    }

    /// <summary>Two halves per row and block: scales, and minimums or their scales.</summary>
    public static void Two(byte* area, int block, int blocks, in Place to)
    {
        for (int i = 0; i < blocks; i++)
        {
            byte* source = area + ((block + i) * 4L * Rows);
            Widen(source, to.Scales + (i * to.Stride));
            Widen(source + (2 * Rows), to.MinimumScales + (i * to.Stride));
        }
    }

    /// <summary>Q2_K: 16 bytes, the scale in the low nibble, the minimum in the high one.</summary>
    public static void Q2(byte* packed, in Place to)
    {
        Vector128<byte> low = Vector128.Create((byte)15);
        for (int eighth = 0; eighth < 8; eighth++)
        {
            Vector128<byte> first = Vector128.Load(packed + (2 * eighth * Rows));
            Vector128<byte> second = Vector128.Load(packed + (((2 * eighth) + 1) * Rows));
            StoreScale(first & low, 0, to.SubScales + (2 * eighth * to.Stride));
            StoreScale(second & low, 0, to.SubScales + (((2 * eighth) + 1) * to.Stride));
            StoreMinimums(first >> 4, second >> 4, to.Minimums + (eighth * 2 * to.Stride));
        }
    }

    /// <summary>Q3_K: 16 scales of 6 bits with offset 32 in 12 bytes.</summary>
    public static void Q3(byte* packed, in Place to)
    {
        Vector128<byte> low = Vector128.Create((byte)15);
        Vector128<byte> upper = Vector128.Create((byte)0x30);
        for (int k = 0; k < 16; k++)
        {
            Vector128<byte> nibbles = Vector128.Load(packed + (k % 8 * Rows));
            Vector128<byte> high = Vector128.Load(packed + ((8 + (k % 4)) * Rows)) >> (2 * (k / 4));
            StoreScale(((k < 8 ? nibbles : nibbles >> 4) & low) | ((high << 4) & upper), -32, to.SubScales + (k * to.Stride));
        }
    }

    /// <summary>Q4_K, Q5_K: 8 scales and 8 minimums of 6 bits in 12 bytes.</summary>
    public static void Q4(byte* packed, in Place to)
    {
        Vector128<byte> low = Vector128.Create((byte)15);
        Vector128<byte> six = Vector128.Create((byte)63);
        Vector128<byte> upper = Vector128.Create((byte)0x30);
        for (int j = 0; j < 4; j++)
        {
            Vector128<byte> first = Vector128.Load(packed + (j * Rows));
            Vector128<byte> second = Vector128.Load(packed + ((j + 4) * Rows));
            Vector128<byte> third = Vector128.Load(packed + ((j + 8) * Rows));
            Vector128<byte> minimum = second & six;
            Vector128<byte> laterMinimum = (third >> 4) | ((second >> 2) & upper);
            StoreScale(first & six, 0, to.SubScales + (j * to.Stride));
            StoreScale((third & low) | ((first >> 2) & upper), 0, to.SubScales + ((j + 4) * to.Stride));
            StoreMinimums(minimum, minimum, to.Minimums + (j * 2 * to.Stride));
            StoreMinimums(laterMinimum, laterMinimum, to.Minimums + ((j + 4) * 2 * to.Stride));
        }
    }

    /// <summary>Q6_K: 16 signed bytes.</summary>
    public static void Q6(byte* packed, in Place to)
    {
        // Adding 128 makes the bytes unsigned.
        for (int k = 0; k < 16; k++)
        {
            StoreScale(Vector128.Load(packed + (k * Rows)) ^ Vector128.Create((byte)0x80), -128, to.SubScales + (k * to.Stride));
        }
    }

    private static void Widen(byte* halves, float* target) => Float16Conversion.Widen(new ReadOnlySpan<ushort>(halves, Rows), new Span<float>(target, Rows));

    private static void StoreScale(Vector128<byte> scale, int offset, int* target)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(scale);
        Vector128<int> add = Vector128.Create(offset);
        (Vector128.WidenLower(low).AsInt32() + add).Store(target);
        (Vector128.WidenUpper(low).AsInt32() + add).Store(target + 4);
        (Vector128.WidenLower(high).AsInt32() + add).Store(target + 8);
        (Vector128.WidenUpper(high).AsInt32() + add).Store(target + 12);
    }

    private static void StoreMinimums(Vector128<byte> first, Vector128<byte> second, short* target)
    {
        (Vector128<ushort> firstLow, Vector128<ushort> firstHigh) = Vector128.Widen(first);
        (Vector128<ushort> secondLow, Vector128<ushort> secondHigh) = Vector128.Widen(second);
        (Vector128.WidenLower(firstLow) | (Vector128.WidenLower(secondLow) << 16)).AsInt16().Store(target);
        (Vector128.WidenUpper(firstLow) | (Vector128.WidenUpper(secondLow) << 16)).AsInt16().Store(target + 8);
        (Vector128.WidenLower(firstHigh) | (Vector128.WidenLower(secondHigh) << 16)).AsInt16().Store(target + 16);
        (Vector128.WidenUpper(firstHigh) | (Vector128.WidenUpper(secondHigh) << 16)).AsInt16().Store(target + 24);
    }

    /// <summary>Where the scales of one panel go.</summary>
    /// <param name="target">Arguments with the addresses.</param>
    /// <param name="place">Which panel of the call.</param>
    /// <param name="panels">Panels of the call.</param>
    internal readonly ref struct Place(ref TileArguments target, int place, int panels)
    {
        public readonly int Stride = panels * Rows;
        public readonly float* Scales = target.Scales + (place * Rows);
        public readonly float* MinimumScales = target.MinimumScales + (place * Rows);
        public readonly int* SubScales = target.SubScales + (place * Rows);
        public readonly short* Minimums = target.Minimums + (place * 2 * Rows);
    }
}
