using System.Collections.Immutable;
using System.Globalization;

namespace Agents.Training.Preflight;

/// <summary>Judges the statistics of sampled groups: a pure function, so that every verdict can be tested with numbers.</summary>
public static class RolloutJudgement
{
    /// <summary>Returns the answer limit to try next; null when the present one may stay or cannot be raised.</summary>
    /// <param name="statistics">What was sampled.</param>
    /// <param name="limits">What is accepted.</param>
    /// <param name="answerTokens">The present limit.</param>
    public static int? HigherLimit(RolloutStatistics statistics, RolloutLimits limits, int answerTokens)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(limits);
        int higher = (int)Math.Min(2L * answerTokens, limits.ContextLength - statistics.PromptLength.Maximum);
        return statistics.TruncatedShare > limits.RaiseAbove && higher > answerTokens ? higher : null;
    }

    /// <summary>Judges.</summary>
    /// <param name="statistics">What was sampled.</param>
    /// <param name="limits">What is accepted.</param>
    /// <param name="answerTokens">The answer limit that it was sampled with.</param>
    public static PreflightReport Of(RolloutStatistics statistics, RolloutLimits limits, int answerTokens)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(limits);
        limits.Validate();
        return new PreflightReport
        {
            Findings = [Truncation(statistics, limits, answerTokens), Reward(statistics), .. Components(statistics), Signal(statistics, limits)],
            Numbers = Numbers(statistics, answerTokens),
        };
    }

    private static PreflightFinding Truncation(RolloutStatistics statistics, RolloutLimits limits, int answerTokens)
    {
        string measured = string.Create(
            CultureInfo.InvariantCulture,
            $"{statistics.Truncated} of {statistics.Completions} completions are cut at {answerTokens} tokens; lengths: median {statistics.CompletionLength.Median}, 95% {statistics.CompletionLength.Percentile95}, longest {statistics.CompletionLength.Maximum}.");
        if (statistics.TruncatedShare > limits.RefuseAbove)
        {
            return new PreflightFinding("truncation", PreflightVerdict.Refuse, $"{measured} Hardly any answer ends, so rewards say nothing. Raise the answer limit, shorten the prompts, or teach the model to stop (supervised examples that end).");
        }

        return statistics.TruncatedShare > limits.RaiseAbove
            ? new PreflightFinding("truncation", PreflightVerdict.Warn, $"{measured} Raise the answer limit, or mask truncated completions.")
            : new PreflightFinding("truncation", PreflightVerdict.Go, measured);
    }

    private static PreflightFinding Reward(RolloutStatistics statistics)
    {
        if (statistics.Reward.Count == 0)
        {
            return new PreflightFinding("reward", PreflightVerdict.Refuse, $"None of {statistics.Completions} completions could be scored. Check the verifiers and the format of the answers.");
        }

        string measured = string.Create(
            CultureInfo.InvariantCulture,
            $"Rewards: mean {statistics.Reward.Mean:G4}, deviation {statistics.Reward.Deviation:G4}, {statistics.Reward.Minimum:G4} to {statistics.Reward.Maximum:G4} over {statistics.Reward.Count} completions.");
        return 2 * statistics.Unscored > statistics.Completions
            ? new PreflightFinding("reward", PreflightVerdict.Warn, $"{measured} {statistics.Unscored} of {statistics.Completions} completions could not be scored and teach nothing.")
            : new PreflightFinding("reward", PreflightVerdict.Go, measured);
    }

    private static IEnumerable<PreflightFinding> Components(RolloutStatistics statistics) =>
        statistics.Components.Select(component =>
        {
            string scored = component.Value.Count == 0
                ? $"Component '{component.Key}' scored nothing."
                : string.Create(CultureInfo.InvariantCulture, $"Component '{component.Key}': mean {component.Value.Mean:G4}, deviation {component.Value.Deviation:G4}.");
            return component.Value.Count > 0 && component.Value.Deviation > 0
                ? new PreflightFinding("reward", PreflightVerdict.Go, scored)
                : new PreflightFinding("reward", PreflightVerdict.Warn, scored + " It tells no completion from another; check its verifier.");
        });

    private static PreflightFinding Signal(RolloutStatistics statistics, RolloutLimits limits)
    {
        string measured = string.Create(CultureInfo.InvariantCulture, $"{statistics.DeadGroups} of {statistics.Groups} groups have equal rewards and no signal.");
        if (statistics.DeadGroups == statistics.Groups && statistics.Reward.Count > 0)
        {
            return new PreflightFinding(
                "signal",
                PreflightVerdict.Refuse,
                string.Create(CultureInfo.InvariantCulture, $"{measured} Nothing could be learned (mean reward {statistics.Reward.Mean:G4}): every prompt is always or never solved. Choose prompts of middle difficulty, larger groups, partial credit, or train on examples first."));
        }

        return statistics.DeadShare > limits.WarnDeadAbove
            ? new PreflightFinding("signal", PreflightVerdict.Warn, $"{measured} Most sampling is wasted; use dynamic sampling or prompts of middle difficulty.")
            : new PreflightFinding("signal", PreflightVerdict.Go, measured);
    }

    private static ImmutableSortedDictionary<string, double> Numbers(RolloutStatistics statistics, int answerTokens)
    {
        IEnumerable<KeyValuePair<string, double>> all =
        [
            KeyValuePair.Create("answerTokens", (double)answerTokens),
            KeyValuePair.Create("completions", (double)statistics.Completions),
            KeyValuePair.Create("deadGroupShare", statistics.DeadShare),
            KeyValuePair.Create("promptTokens.maximum", (double)statistics.PromptLength.Maximum),
            KeyValuePair.Create("reward.deviation", statistics.Reward.Deviation),
            KeyValuePair.Create("reward.mean", statistics.Reward.Mean),
            KeyValuePair.Create("tokensPerCompletion", statistics.CompletionLength.Mean),
            KeyValuePair.Create("truncatedShare", statistics.TruncatedShare),
            KeyValuePair.Create("unscored", (double)statistics.Unscored),
        ];
        return all.Where(entry => double.IsFinite(entry.Value)).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
