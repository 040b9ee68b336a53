using Agents.Numerics.Formats;

namespace Agents.Numerics.Tests.Formats;

/// <summary>Inputs of the format tests, all of them functions of a seed.</summary>
internal static class FormatSamples
{
    /// <summary>The formats with blocks.</summary>
    public static IEnumerable<BlockFormat> Blocked => BlockFormats.All.Where(format => format.BlockElements > 1);

    /// <summary>The blocked types, for theories.</summary>
    public static TheoryData<ElementType> Types => [.. Blocked.Select(format => format.Type)];

    public static byte[] Bytes(int count, uint seed)
    {
        var bytes = new byte[count];
        for (int index = 0; index < count; index++)
        {
            bytes[index] = (byte)(Next(ref seed) >> 16);
        }

        return bytes;
    }

    /// <summary>Values of about the given size, nearly normal.</summary>
    public static float[] Noise(int count, float size, uint seed = 1)
    {
        var values = new float[count];
        for (int index = 0; index < count; index++)
        {
            float sum = 0;
            for (int draw = 0; draw < 6; draw++)
            {
                sum += (Next(ref seed) >> 8) / 8388608f - 1;
            }

            // Six uniform numbers of variance 1/3 each.
            values[index] = sum / MathF.Sqrt(2) * size;
        }

        return values;
    }

    public static byte[] Encode(BlockFormat format, float[] values)
    {
        var bytes = new byte[format.ByteCount(values.Length)];
        format.Quantize(values, bytes);
        return bytes;
    }

    public static float[] Decode(BlockFormat format, byte[] bytes)
    {
        var values = new float[bytes.Length / format.BlockBytes * format.BlockElements];
        format.Dequantize(bytes, values);
        return values;
    }

    /// <summary>Root of the mean squared error of a round trip, relative to the root of the mean square.</summary>
    public static double RelativeError(BlockFormat format, float[] values)
    {
        float[] decoded = Decode(format, Encode(format, values));
        double error = values.Zip(decoded, (x, y) => Math.Pow((double)x - y, 2)).Sum();
        return Math.Sqrt(error / values.Sum(x => (double)x * x));
    }

    /// <summary>CRC-32 as in zip files.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint state = uint.MaxValue;
        foreach (byte value in bytes)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ ((state & 1) * 0xedb88320u);
            }
        }

        return ~state;
    }

    private static uint Next(ref uint state) => state = (state * 1664525) + 1013904223;
}
