using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Agents.Training.Rollouts;

/// <summary>
/// A name for a set of weights that changes with any bit of them, computed at the speed of memory: it names the generations of one run, whose weights nobody forges.
/// Eight lanes each take every eighth 64-bit word through a step that is one-to-one in the word and in the lane, so two sets that differ in a single word never share
/// a name; otherwise the chance is that of 512 mixed bits.
/// </summary>
internal static unsafe class WeightFingerprint
{
    private const int Lanes = 8;
    private const ulong Factor = 0x9E3779B97F4A7C15;

    /// <summary>Returns 64 lower-case hexadecimal digits.</summary>
    /// <param name="values">The weights.</param>
    /// <param name="count">Their number.</param>
    public static string Of(float* values, long count)
    {
        ulong* words = (ulong*)values;
        long total = count / 2;
        Span<ulong> state = stackalloc ulong[Lanes];
        (ulong a, ulong b, ulong c, ulong d, ulong e, ulong f, ulong g, ulong h) = (1UL, 2UL, 3UL, 4UL, 5UL, 6UL, 7UL, 8UL);
        long i = 0;
        for (; i + Lanes <= total; i += Lanes)
        {
            a = Step(a, words[i]);
            b = Step(b, words[i + 1]);
            c = Step(c, words[i + 2]);
            d = Step(d, words[i + 3]);
            e = Step(e, words[i + 4]);
            f = Step(f, words[i + 5]);
            g = Step(g, words[i + 6]);
            h = Step(h, words[i + 7]);
        }

        (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]) = (a, b, c, d, e, f, g, h);
        for (; i < total; i++)
        {
            state[(int)(i % Lanes)] = Step(state[(int)(i % Lanes)], words[i]);
        }

        if (count % 2 != 0)
        {
            state[0] = Step(state[0], BitConverter.SingleToUInt32Bits(values[count - 1]));
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"policy {count} ")));
        hash.AppendData(MemoryMarshal.AsBytes(state));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ulong Step(ulong lane, ulong word) => BitOperations.RotateLeft((lane ^ word) * Factor, 29);
}
