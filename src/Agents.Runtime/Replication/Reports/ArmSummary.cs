using Agents.Evaluation.Statistics;
using Agents.Replication;

namespace Agents.Runtime.Replication.Reports;

/// <summary>One arm over all its seeds, in figures.</summary>
/// <param name="Arm">Name of the arm.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Items">Observations per seed, rounded.</param>
/// <param name="Judged">Observations with a grade.</param>
/// <param name="Correct">Right ones among them.</param>
/// <param name="Calls">Model calls per item.</param>
/// <param name="PromptTokens">Tokens read per item.</param>
/// <param name="CompletionTokens">Tokens written per item.</param>
/// <param name="Seconds">Seconds per item; items run several at a time.</param>
public sealed record ArmSummary(string Arm, int Seeds, int Items, int Judged, int Correct, double Calls, double PromptTokens, double CompletionTokens, double Seconds)
{
    private const double TwoSided95 = 1.959963984540054;

    /// <summary>Gets the share of right answers; null where nothing was judged.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Gets the Wilson interval at 95 % as [low, high]; null where nothing was judged. Seeds of one item count as if they were independent.</summary>
    public IReadOnlyList<double>? AccuracyInterval { get; init; }

    /// <summary>Gets the accuracy of each seed.</summary>
    public IReadOnlyList<double> AccuracyBySeed { get; init; } = [];

    /// <summary>Gets the mean of the replication's metric; null where the metric is accuracy or the arm has none.</summary>
    public double? Metric { get; init; }

    /// <summary>Gets its interval at 95 % as [low, high] (normal, from the spread over items); null without one.</summary>
    public IReadOnlyList<double>? MetricInterval { get; init; }

    /// <summary>Gets the mean of the metric for each seed.</summary>
    public IReadOnlyList<double> MetricBySeed { get; init; } = [];

    /// <summary>Sums up an arm.</summary>
    /// <param name="runs">Its runs, one per seed.</param>
    /// <param name="metric">The replication's metric.</param>
    public static ArmSummary Of(IReadOnlyList<ArmRun> runs, string metric)
    {
        ArgumentNullException.ThrowIfNull(runs);
        (ExperimentItem Item, Observation Seen)[] rows = [.. runs.SelectMany(run => run.Rows)];
        int judged = rows.Count(row => row.Seen.Correct is not null);
        int correct = rows.Count(row => row.Seen.Correct == true);
        double Mean(Func<Observation, double> value) => rows.Length == 0 ? 0 : rows.Average(row => value(row.Seen));
        ArmSummary summary = new(
            runs[0].Arm, runs.Count, (int)Math.Round(rows.Length / (double)runs.Count), judged, correct,
            Mean(seen => seen.Calls), Mean(seen => seen.PromptTokens), Mean(seen => seen.CompletionTokens), Mean(seen => seen.Seconds));
        if (judged > 0)
        {
            ConfidenceInterval interval = WilsonInterval.Of(correct, judged);
            summary = summary with { Accuracy = correct / (double)judged, AccuracyInterval = [interval.Low, interval.High], AccuracyBySeed = [.. runs.Select(run => run.Accuracy)] };
        }

        double[] byItem = [.. rows.Where(row => row.Seen.Values.ContainsKey(metric)).GroupBy(row => row.Item.Id).Select(group => group.Average(row => row.Seen.Values[metric]))];
        if (byItem.Length == 0)
        {
            return summary;
        }

        double mean = byItem.Average();
        double half = byItem.Length < 2 ? 0 : TwoSided95 * Math.Sqrt(byItem.Sum(value => (value - mean) * (value - mean)) / (byItem.Length - 1) / byItem.Length);
        return summary with { Metric = mean, MetricInterval = [mean - half, mean + half], MetricBySeed = [.. runs.Select(run => run.Mean(metric)).Where(double.IsFinite)] };
    }
}
