using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Agents.Fuzzing.Engine;

/// <summary>Changes inputs: bits, bytes, integers of all widths at their limits, runs cut, doubled and moved, pieces of other inputs, words of the dictionary, decimal numbers.</summary>
/// <param name="dictionary">Words that mean something to the reader.</param>
/// <param name="maximumLength">Largest input.</param>
public sealed class Mutator(IReadOnlyList<byte[]> dictionary, int maximumLength)
{
    private static readonly long[] Edges =
    [
        0, 1, -1, 2, 7, 8, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 4096, short.MaxValue, ushort.MaxValue, ushort.MaxValue + 1,
        int.MaxValue - 1L, int.MaxValue, int.MaxValue + 1L, uint.MaxValue, uint.MaxValue + 1L, 1L << 40, 1L << 61, 1L << 62, long.MaxValue - 31, long.MaxValue, long.MinValue, -32, -4096,
    ];

    private static readonly string[] Decimals = ["0", "-1", "1e309", "-0", "99999999999999999999", "2147483648", "9223372036854775808", "0.1", "1e-400", "null", "true", "[]", "{}", "\"\""];

    /// <summary>Makes a new input.</summary>
    /// <param name="input">The one to change; stays as it is.</param>
    /// <param name="other">Another input to take pieces from.</param>
    /// <param name="stream">Randomness.</param>
    public byte[] Mutate(byte[] input, byte[] other, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(other);
        byte[] result = [.. input];
        int changes = 1 + stream.NextInt(4);
        for (int change = 0; change < changes; change++)
        {
            result = Step(result, other, ref stream);
        }

        return result.Length <= maximumLength ? result : result[..maximumLength];
    }

    private byte[] Step(byte[] input, byte[] other, ref SampleStream stream)
    {
        if (input.Length == 0)
        {
            return other.Length > 0 ? [.. other] : [(byte)stream.NextInt(256)];
        }

        int at = stream.NextInt(input.Length);
        int length = 1 + stream.NextInt(Math.Min(64, input.Length - at));
        switch (stream.NextInt(10))
        {
            case 0:
                input[at] ^= (byte)(1 << stream.NextInt(8));
                return input;
            case 1:
                input[at] = (byte)stream.NextInt(256);
                return input;
            case 2 or 3:
                PutEdge(input.AsSpan(at), ref stream);
                return input;
            case 4:
                return [.. input[..at], .. input[(at + length)..]];
            case 5:
                int times = 1 + stream.NextInt(stream.NextInt(8) == 0 ? 256 : 4);
                return [.. input[..at], .. Enumerable.Repeat(input[at..(at + length)], times).SelectMany(run => run), .. input[at..]];
            case 6 when dictionary.Count > 0:
                byte[] word = dictionary[stream.NextInt(dictionary.Count)];
                int skip = stream.NextInt(2) == 0 ? 0 : Math.Min(word.Length, input.Length - at);
                return [.. input[..at], .. word, .. input[(at + skip)..]];
            case 7 when other.Length > 0:
                int from = stream.NextInt(other.Length);
                int count = 1 + stream.NextInt(Math.Min(512, other.Length - from));
                return [.. input[..at], .. other[from..(from + count)], .. input[Math.Min(input.Length, at + (stream.NextInt(2) * count))..]];
            case 8:
                return ReplaceNumber(input, at, ref stream);
            default:
                return input[..at];
        }
    }

    private static void PutEdge(Span<byte> target, ref SampleStream stream)
    {
        long value = Edges[stream.NextInt(Edges.Length)];
        if (stream.NextInt(4) == 0)
        {
            value += stream.NextInt(17) - 8;
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        int width = 1 << stream.NextInt(4);
        bytes[..Math.Min(width, target.Length)].CopyTo(target);
    }

    /// <summary>Replaces the run of digits at or behind a place, for text formats.</summary>
    private static byte[] ReplaceNumber(byte[] input, int at, ref SampleStream stream)
    {
        int start = Array.FindIndex(input, at, value => value is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
        {
            return input;
        }

        int end = start;
        while (end < input.Length && input[end] is >= (byte)'0' and <= (byte)'9')
        {
            end++;
        }

        string number = stream.NextInt(2) == 0
            ? Decimals[stream.NextInt(Decimals.Length)]
            : Edges[stream.NextInt(Edges.Length)].ToString(CultureInfo.InvariantCulture);
        return [.. input[..start], .. Encoding.ASCII.GetBytes(number), .. input[end..]];
    }
}
