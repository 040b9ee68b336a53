using System.Collections.Immutable;

namespace Agents.Training.Preflight;

/// <summary>Lengths in tokens: quantiles, and a histogram whose bins end at powers of two.</summary>
/// <param name="Count">How many sequences.</param>
/// <param name="Minimum">The shortest.</param>
/// <param name="Median">Half of the sequences are at most this long.</param>
/// <param name="Percentile95">95 of 100 are at most this long.</param>
/// <param name="Maximum">The longest.</param>
/// <param name="Mean">The mean.</param>
public sealed record LengthSpread(int Count, int Minimum, int Median, int Percentile95, int Maximum, double Mean)
{
    /// <summary>Gets the histogram: sequences of at most <c>Limit</c> tokens that did not fit the bin before; empty bins at both ends are left out.</summary>
    public ImmutableArray<LengthBin> Bins { get; init; } = [];

    /// <summary>Measures lengths.</summary>
    /// <param name="lengths">At least one length.</param>
    public static LengthSpread Of(IEnumerable<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        int[] sorted = [.. lengths.Order()];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("There is no length to measure.", nameof(lengths));
        }

        return new LengthSpread(sorted.Length, sorted[0], At(sorted, 0.5), At(sorted, 0.95), sorted[^1], sorted.Average())
        {
            Bins = [.. sorted.GroupBy(Limit).Select(bin => new LengthBin(bin.Key, bin.Count()))],
        };
    }

    private static int At(int[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];

    private static int Limit(int length) => length <= 1 ? 1 : (int)Math.Min(int.MaxValue, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));
}
