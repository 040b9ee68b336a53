namespace Agents;

/// <summary>
/// Counter-based random numbers of one sample: the only random source of the product. Draw i of a stream is a pure function of
/// (run, prompt, sample, i), so results do not depend on scheduling, and three numbers plus a counter are its whole state.
/// </summary>
/// <remarks>A mutable struct: pass it by reference or keep it in a field. Mixing is the 64-bit finalizer of SplitMix.</remarks>
public struct SampleStream : IEquatable<SampleStream>
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Creates the stream of one sample.</summary>
    /// <param name="run">Seed of the run.</param>
    /// <param name="prompt">Index of the prompt (or question) in the run.</param>
    /// <param name="sample">Index of the sample of that prompt.</param>
    public SampleStream(ulong run, ulong prompt = 0, ulong sample = 0)
    {
        Key = Mix(Mix(Mix(run + Golden) + prompt + Golden) + sample + Golden);
    }

    /// <summary>Gets the identity of the stream.</summary>
    public ulong Key { get; private init; }

    /// <summary>Gets how many draws were taken.</summary>
    public ulong Counter { readonly get; private set; }

    /// <summary>Compares identity and position.</summary>
    /// <param name="left">One stream.</param>
    /// <param name="right">Another stream.</param>
    public static bool operator ==(SampleStream left, SampleStream right) => left.Equals(right);

    /// <summary>Compares identity and position.</summary>
    /// <param name="left">One stream.</param>
    /// <param name="right">Another stream.</param>
    public static bool operator !=(SampleStream left, SampleStream right) => !left.Equals(right);

    /// <summary>Continues a stream whose <see cref="Key"/> and <see cref="Counter"/> were stored.</summary>
    /// <param name="key">Stored identity.</param>
    /// <param name="counter">Stored number of draws.</param>
    public static SampleStream Restore(ulong key, ulong counter) => new() { Key = key, Counter = counter };

    /// <summary>Returns an independent stream for a part of this sample's work. Does not advance this stream.</summary>
    /// <param name="index">Which part.</param>
    public readonly SampleStream Fork(ulong index) => new() { Key = Mix(Key ^ Mix(index + Golden)) };

    /// <summary>Draws 64 uniform bits.</summary>
    public ulong NextBits()
    {
        ulong at = ++Counter;
        return Mix(Key + (at * Golden));
    }

    /// <summary>Draws a uniform number in [0, 1) with 53 random bits.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Draws a uniform integer in [0, <paramref name="exclusiveEnd"/>) without bias.</summary>
    /// <param name="exclusiveEnd">Positive bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextInt(int exclusiveEnd)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveEnd);
        ulong range = (ulong)exclusiveEnd;
        ulong high = Math.BigMul(NextBits(), range, out ulong low);
        if (low < range)
        {
            // Multiply-shift maps 2^64 values onto the range; the few surplus ones are drawn again.
            ulong surplus = (0UL - range) % range;
            while (low < surplus)
            {
                high = Math.BigMul(NextBits(), range, out low);
            }
        }

        return (int)high;
    }

    /// <summary>Draws from the standard normal distribution (Box–Muller, two draws).</summary>
    public double NextNormal()
    {
        double u = 1.0 - NextUnit();
        double v = NextUnit();
        return Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * v);
    }

    /// <summary>Shuffles in place (Fisher–Yates).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="values">Elements to shuffle.</param>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <inheritdoc/>
    public readonly bool Equals(SampleStream other) => Key == other.Key && Counter == other.Counter;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is SampleStream other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Key, Counter);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
