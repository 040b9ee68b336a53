using System.Buffers.Binary;
using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Packed matrices of repeatable random bytes whose scales are harmless halves.</summary>
internal static class PackedCase
{
    /// <summary>Gets all packed types.</summary>
    public static TheoryData<ElementType> Types => new(PanelFormat.All.Select(format => format.Type));

    /// <summary>Gets all packed types that are blocks of codes.</summary>
    public static IEnumerable<ElementType> CodeTypes =>
        PanelFormat.All.Select(format => format.Type).Where(type => type is not ElementType.F16 and not ElementType.BF16);

    /// <summary>Fills a matrix with random blocks.</summary>
    public static QuantizedMatrix Random(ElementType type, int rows, int columns, int seed) => Fill(type, rows, columns, seed, null);

    /// <summary>Fills a matrix whose bytes other than scales all have one value.</summary>
    public static QuantizedMatrix Constant(ElementType type, int rows, int columns, byte value) => Fill(type, rows, columns, 1, value);

    /// <summary>Stores one row per array.</summary>
    public static QuantizedMatrix Of(ElementType type, int columns, params byte[][] rows)
    {
        QuantizedMatrix matrix = new(type, rows.Length, columns);
        for (int row = 0; row < rows.Length; row++)
        {
            matrix.SetRow(row, rows[row]);
        }

        return matrix;
    }

    private static QuantizedMatrix Fill(ElementType type, int rows, int columns, int seed, byte? constant)
    {
        QuantizedMatrix matrix = new(type, rows, columns);
        ulong state = ((ulong)seed + 1) * 0x9E3779B97F4A7C15UL;
        byte[] stored = new byte[matrix.RowBytes];
        int[] halves = type switch
        {
            ElementType.F16 or ElementType.BF16 => [0],
            ElementType.Q4_1 or ElementType.Q5_1 or ElementType.Q4_K or ElementType.Q5_K => [0, 2],
            ElementType.Q2_K => [80, 82],
            ElementType.Q3_K => [108],
            ElementType.Q6_K => [208],
            ElementType.TQ1_0 => [52],
            ElementType.TQ2_0 => [64],
            _ => [0],
        };
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < stored.Length; i++)
            {
                stored[i] = constant ?? (byte)(Next(ref state) >> 56);
            }

            for (int block = 0; block < stored.Length; block += matrix.Format.Layout.Bytes)
            {
                foreach (int offset in halves)
                {
                    float scale = ((Next(ref state) >> 40) * (1f / (1 << 23))) - 1;
                    ushort bits = type == ElementType.BF16 ? BFloat16Conversion.FromSingle(scale) : Float16Conversion.FromSingle(scale);
                    BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(block + offset), bits);
                }
            }

            matrix.SetRow(row, stored);
        }

        return matrix;
    }

    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
