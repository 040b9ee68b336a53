namespace Agents.Replication;

/// <summary>Two arms on the same items and seeds.</summary>
/// <param name="Baseline">The arm compared against.</param>
/// <param name="Method">The arm in question.</param>
/// <param name="Metric">What is compared.</param>
public sealed record ArmComparison(string Baseline, string Method, string Metric)
{
    /// <summary>Gets the number of pairs (item and seed).</summary>
    public required int Pairs { get; init; }

    /// <summary>Gets the number of different items: the clusters of the bootstrap.</summary>
    public required int Items { get; init; }

    /// <summary>Gets the mean of the method minus the mean of the baseline.</summary>
    public required double Difference { get; init; }

    /// <summary>Gets the standard error of the difference (bootstrap over items).</summary>
    public required double StandardError { get; init; }

    /// <summary>Gets the lower end of the interval at 95 %.</summary>
    public required double Low { get; init; }

    /// <summary>Gets the upper end of the interval at 95 %.</summary>
    public required double High { get; init; }

    /// <summary>Gets the smallest difference that this size would find with 80 % power.</summary>
    public required double MinimumDetectableEffect { get; init; }

    /// <summary>Gets the difference seed by seed, in the order of the runs: what training adds to the spread, which a bootstrap over items does not see.</summary>
    public required IReadOnlyList<double> BySeed { get; init; }

    /// <summary>Gets the model calls per item of the baseline.</summary>
    public required double BaselineCalls { get; init; }

    /// <summary>Gets the model calls per item of the method.</summary>
    public required double MethodCalls { get; init; }

    /// <summary>Gets whether the whole interval lies above zero.</summary>
    public bool IsBetter => Low > 0;

    /// <summary>Gets whether the whole interval lies below zero.</summary>
    public bool IsWorse => High < 0;
}
