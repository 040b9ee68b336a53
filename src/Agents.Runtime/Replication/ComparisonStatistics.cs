using Agents.Evaluation.Statistics;
using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>The one way in which arms are compared: paired by item and seed, whole items resampled.</summary>
public static class ComparisonStatistics
{
    /// <summary>Name of the metric of correctness.</summary>
    public const string Accuracy = "accuracy";

    private const double Power = 0.8;
    private const double UpperTail = 0.975;
    private const ulong BootstrapSeed = 0x7265706C;

    /// <summary>Compares two arms.</summary>
    /// <param name="baseline">Runs of the arm compared against, one per seed.</param>
    /// <param name="method">Runs of the arm in question, one per seed.</param>
    /// <param name="metric">Which value of the observations; null for correctness.</param>
    /// <exception cref="ReplicationException">An arm is empty or mixed, or the arms share no item with this metric.</exception>
    public static ArmComparison Compare(IReadOnlyList<ArmRun> baseline, IReadOnlyList<ArmRun> method, string? metric = null)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(method);
        string baselineName = NameOf(baseline);
        string methodName = NameOf(method);
        var known = new Dictionary<(string Item, ulong Seed), double>();
        foreach (ArmRun run in baseline)
        {
            foreach ((ExperimentItem item, Observation seen) in run.Rows)
            {
                if (Value(seen, metric) is { } value)
                {
                    known[(item.Id, run.Seed)] = value;
                }
            }
        }

        List<PairedScore> pairs = [];
        List<double> bySeed = [];
        foreach (ArmRun run in method)
        {
            int before = pairs.Count;
            foreach ((ExperimentItem item, Observation seen) in run.Rows)
            {
                if (Value(seen, metric) is { } value && known.TryGetValue((item.Id, run.Seed), out double other))
                {
                    pairs.Add(new PairedScore(item.Id, other, value));
                }
            }

            if (pairs.Count > before)
            {
                bySeed.Add(pairs.Skip(before).Average(pair => pair.Method - pair.Baseline));
            }
        }

        if (pairs.Count == 0)
        {
            throw new ReplicationException($"The arms '{baselineName}' and '{methodName}' share no item and seed with the metric '{metric ?? Accuracy}'. Measure both on the same items with the same seeds.");
        }

        BootstrapResult bootstrap = PairedBootstrap.Compare(pairs, BootstrapSeed);
        return new ArmComparison(baselineName, methodName, metric ?? Accuracy)
        {
            Pairs = pairs.Count,
            Items = bootstrap.Questions,
            Difference = bootstrap.Difference,
            StandardError = bootstrap.StandardError,
            Low = bootstrap.Interval.Low,
            High = bootstrap.Interval.High,
            MinimumDetectableEffect = metric is null
                ? MinimumDetectableEffect.OfPaired(bootstrap.Questions, pairs.Count(pair => pair.Method != pair.Baseline) / (double)pairs.Count)
                : (NormalDistribution.Quantile(UpperTail) + NormalDistribution.Quantile(Power)) * bootstrap.StandardError,
            BySeed = bySeed,
            BaselineCalls = Calls(baseline),
            MethodCalls = Calls(method),
        };
    }

    /// <summary>Returns the value of an observation under a metric; null where it has none.</summary>
    /// <param name="seen">The observation.</param>
    /// <param name="metric">Name of the value; null for correctness.</param>
    internal static double? Value(Observation seen, string? metric) =>
        metric is null ? (seen.Correct is { } right ? (right ? 1 : 0) : null)
        : seen.Values.TryGetValue(metric, out double value) ? value
        : null;

    private static string NameOf(IReadOnlyList<ArmRun> runs)
    {
        string[] names = [.. runs.Select(run => run.Arm).Distinct()];
        if (names.Length != 1)
        {
            throw new ReplicationException(names.Length == 0 ? "An arm without runs cannot be compared." : $"Runs of several arms ({string.Join(", ", names)}) are no arm; compare them one by one.");
        }

        ulong[] seeds = [.. runs.Select(run => run.Seed)];
        return seeds.Distinct().Count() == seeds.Length ? names[0] : throw new ReplicationException($"The arm '{names[0]}' has two runs of one seed.");
    }

    private static double Calls(IReadOnlyList<ArmRun> runs) => runs.SelectMany(run => run.Rows).Select(row => (double)row.Seen.Calls).DefaultIfEmpty(0).Average();
}
