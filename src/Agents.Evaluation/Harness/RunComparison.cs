using Agents.Evaluation.Statistics;

namespace Agents.Evaluation.Harness;

/// <summary>Two runs on the same questions, compared by the product's one convention: paired, clustered by question, costs beside it.</summary>
public sealed record RunComparison
{
    /// <summary>Gets the strategy compared against.</summary>
    public required string Baseline { get; init; }

    /// <summary>Gets the strategy in question.</summary>
    public required string Method { get; init; }

    /// <summary>Gets the answers that both runs have and that were judged in both.</summary>
    public required int Pairs { get; init; }

    /// <summary>Gets the pairs left out because one side is missing or was not judged.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Gets pairs that only the method got right.</summary>
    public required int OnlyMethod { get; init; }

    /// <summary>Gets pairs that only the baseline got right.</summary>
    public required int OnlyBaseline { get; init; }

    /// <summary>Gets accuracy of the method minus accuracy of the baseline, with its bootstrap interval.</summary>
    public required BootstrapResult Bootstrap { get; init; }

    /// <summary>Gets the exact two-sided p-value of McNemar's test; null with several samples per question, which it does not allow.</summary>
    public required double? McNemar { get; init; }

    /// <summary>Gets the smallest difference that this comparison would find with 80 % power.</summary>
    public required double MinimumDetectableEffect { get; init; }

    /// <summary>Gets calls per question of the baseline.</summary>
    public required double BaselineCalls { get; init; }

    /// <summary>Gets calls per question of the method.</summary>
    public required double MethodCalls { get; init; }

    /// <summary>Gets tokens of the method over tokens of the baseline; null when the baseline reports none.</summary>
    public required double? TokenRatio { get; init; }

    /// <summary>Gets what may be said.</summary>
    public required ComparisonVerdict Verdict { get; init; }

    /// <summary>Gets whether both use the same number of calls, within one percent: otherwise a gain may be bought.</summary>
    public bool EqualCalls => Math.Abs(MethodCalls - BaselineCalls) <= 0.01 * Math.Max(MethodCalls, BaselineCalls);

    /// <summary>Compares two runs.</summary>
    /// <param name="baseline">The run compared against.</param>
    /// <param name="method">The run in question.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    /// <param name="effectOfInterest">Smallest difference that matters; decides between no effect and underpowered.</param>
    /// <param name="alpha">Two-sided level.</param>
    /// <exception cref="EvaluationException">The runs share no judged question.</exception>
    public static RunComparison Of(EvaluationRun baseline, EvaluationRun method, ulong seed, double effectOfInterest = 0.03, double alpha = 0.05)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(method);
        Dictionary<(string, int), EvaluationRow> known = baseline.Rows.ToDictionary(row => (row.ItemId, row.Sample));
        var pairs = new List<PairedScore>(method.Rows.Count);
        foreach (EvaluationRow row in method.Rows)
        {
            if (row.Correct is { } right && known.TryGetValue((row.ItemId, row.Sample), out EvaluationRow? other) && other.Correct is { } otherRight)
            {
                pairs.Add(new PairedScore(row.ItemId, otherRight ? 1 : 0, right ? 1 : 0));
            }
        }

        if (pairs.Count == 0)
        {
            throw new EvaluationException($"Runs '{baseline.Summary.Strategy}' and '{method.Summary.Strategy}' share no judged question; run both on the same items.");
        }

        int onlyMethod = pairs.Count(pair => pair.Method > pair.Baseline);
        int onlyBaseline = pairs.Count(pair => pair.Method < pair.Baseline);
        BootstrapResult bootstrap = PairedBootstrap.Compare(pairs, seed, confidence: 1 - alpha);
        double? exact = bootstrap.Questions == pairs.Count ? McNemarTest.Exact(onlyMethod, onlyBaseline) : null;
        double detectable = Statistics.MinimumDetectableEffect.OfPaired(bootstrap.Questions, (onlyMethod + onlyBaseline) / (double)pairs.Count, alpha);
        bool significant = exact is { } value ? value <= alpha : !bootstrap.Interval.Contains(0);
        long baselineTokens = baseline.Summary.PromptTokens + baseline.Summary.CompletionTokens;
        long methodTokens = method.Summary.PromptTokens + method.Summary.CompletionTokens;
        return new RunComparison
        {
            Baseline = baseline.Summary.Strategy,
            Method = method.Summary.Strategy,
            Pairs = pairs.Count,
            LeftOut = Math.Max(baseline.Rows.Count, method.Rows.Count) - pairs.Count,
            OnlyMethod = onlyMethod,
            OnlyBaseline = onlyBaseline,
            Bootstrap = bootstrap,
            McNemar = exact,
            MinimumDetectableEffect = detectable,
            BaselineCalls = baseline.Summary.CallsPerQuestion,
            MethodCalls = method.Summary.CallsPerQuestion,
            TokenRatio = baselineTokens == 0 ? null : methodTokens / (double)baselineTokens,
            Verdict = significant
                ? bootstrap.Difference > 0 ? ComparisonVerdict.Better : ComparisonVerdict.Worse
                : detectable > effectOfInterest ? ComparisonVerdict.Underpowered : ComparisonVerdict.NoEffect,
        };
    }
}
