using Agents.Evaluation.Harness;

namespace Agents.Cli.Documents;

/// <summary>A paired comparison of two strategies on the same questions.</summary>
/// <param name="Task">The task.</param>
/// <param name="Baseline">The strategy named first.</param>
/// <param name="Method">The other strategy.</param>
/// <param name="Pairs">Number of paired answers.</param>
/// <param name="Difference">Accuracy of the method minus that of the baseline.</param>
/// <param name="Confidence95">Its bootstrap interval as [low, high].</param>
/// <param name="McNemar">Exact two-sided p-value; null with several answers per question.</param>
/// <param name="MinimumDetectableEffect">The smallest difference that would be found with 80 % power.</param>
/// <param name="EqualCalls">Whether both make the same number of calls: otherwise a gain may be bought.</param>
/// <param name="Verdict">better, worse, noEffect or underpowered.</param>
internal sealed record EvalComparison(
    string Task,
    string Baseline,
    string Method,
    int Pairs,
    double Difference,
    IReadOnlyList<double> Confidence95,
    double? McNemar,
    double MinimumDetectableEffect,
    bool EqualCalls,
    string Verdict)
{
    /// <summary>Describes a comparison.</summary>
    /// <param name="task">The task.</param>
    /// <param name="comparison">The comparison.</param>
    public static EvalComparison Of(string task, RunComparison comparison) => new(
        task,
        comparison.Baseline,
        comparison.Method,
        comparison.Pairs,
        comparison.Bootstrap.Difference,
        [comparison.Bootstrap.Interval.Low, comparison.Bootstrap.Interval.High],
        comparison.McNemar,
        comparison.MinimumDetectableEffect,
        comparison.EqualCalls,
        char.ToLowerInvariant(comparison.Verdict.ToString()[0]) + comparison.Verdict.ToString()[1..]);
}
