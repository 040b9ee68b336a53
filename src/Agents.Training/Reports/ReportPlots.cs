using System.Collections.Immutable;

namespace Agents.Training.Reports;

/// <summary>Which numbers share a plot, and in which order the plots stand.</summary>
internal static class ReportPlots
{
    private const string RewardPrefix = "reward.";
    private const string TimePrefix = "seconds.";
    private const string GuardPrefix = "guard.";

    private static readonly (string Title, string[] Names)[] Known =
    [
        ("Loss", ["loss", "validationLoss"]),
        ("Reward", ["reward"]),
        ("Accuracy", ["accuracy", "validation.accuracy"]),
        ("Margin", ["margin"]),
        ("Divergence from the reference", ["reference.k1", "reference.k3"]),
        ("Entropy in nat", ["entropy"]),
        ("Tokens per completion", ["length"]),
        ("Groups", ["groups", "deadGroups", "drawnGroups"]),
        ("Completions that were cut or not scored", ["truncated", "unscored"]),
        ("Gradient norm", ["gradientNorm"]),
        ("Learning rate", ["learningRate"]),
        ("Sampler against trainer (k3)", ["mismatch.k3"]),
        ("Sampler against trainer (largest ratio)", ["mismatch.maximumRatio"]),
        ("Age of samples in updates", ["age"]),
        ("Tokens per second", ["tokensPerSecond"]),
    ];

    /// <summary>Numbers that only grow, or never change, and say nothing as a curve.</summary>
    private static readonly string[] Omitted = ["tokens", "completions", "referencePoint", "mismatch.effectiveSamples"];

    /// <summary>Returns the plots of a log.</summary>
    /// <param name="log">The metrics.</param>
    public static IEnumerable<(string Title, ImmutableArray<(string Name, ImmutableArray<MetricsPoint> Points)> Series)> Of(MetricsLog log)
    {
        HashSet<string> done = [.. Omitted];
        foreach ((string title, string[] names) in Known)
        {
            string[] present = [.. names.Where(log.Series.ContainsKey)];
            done.UnionWith(present);
            if (present.Length > 0)
            {
                yield return (title, Series(log, present));
            }

            if (title == "Reward" && Prefixed(log, RewardPrefix, done) is { Length: > 0 } components)
            {
                yield return ("Reward components", Series(log, components));
            }
        }

        if (Prefixed(log, TimePrefix, done) is { Length: > 0 } times)
        {
            yield return ("Seconds per step", Series(log, times));
        }

        if (Prefixed(log, GuardPrefix, done) is { Length: > 0 } guards)
        {
            yield return ("Guards", Series(log, guards));
        }

        foreach (string name in log.Series.Keys.Where(name => !done.Contains(name)))
        {
            yield return (name, Series(log, [name]));
        }
    }

    private static string[] Prefixed(MetricsLog log, string prefix, HashSet<string> done)
    {
        string[] names = [.. log.Series.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !done.Contains(name))];
        done.UnionWith(names);
        return names;
    }

    private static ImmutableArray<(string Name, ImmutableArray<MetricsPoint> Points)> Series(MetricsLog log, string[] names) => [.. names.Select(name => (name, log.Series[name]))];
}
