using Agents.Evaluation;
using Agents.Evaluation.Statistics;

namespace Agents.Benchmarks.Experiments;

/// <summary>The effect of an arm: accuracy before and after on the same questions, all seeds together.</summary>
/// <param name="Questions">Questions of all seeds.</param>
/// <param name="Before">Accuracy of the untrained model.</param>
/// <param name="After">Accuracy of the trained one.</param>
/// <param name="Difference">Paired difference with its 95 % bootstrap interval over questions.</param>
/// <param name="Probability">Two-sided exact McNemar p-value.</param>
internal sealed record EffectEstimate(int Questions, double Before, double After, BootstrapResult Difference, double Probability)
{
    private const ulong ResamplingSeed = 1;

    /// <summary>Estimates the effect from answers, one character per question, 1 for right.</summary>
    /// <param name="seeds">Answers before and after, one entry per seed; every seed has questions of its own.</param>
    /// <exception cref="EvaluationException">There are no answers, or before and after differ in number.</exception>
    public static EffectEstimate Of(IReadOnlyList<(string Before, string After)> seeds)
    {
        if (seeds.Count == 0 || seeds.Any(seed => seed.Before.Length == 0 || seed.Before.Length != seed.After.Length))
        {
            throw new EvaluationException("An effect needs answers, and as many after as before; the rows belong to different question sets.");
        }

        PairedScore[] pairs =
        [
            .. seeds.SelectMany((seed, index) => seed.Before.Select((before, question) => new PairedScore($"{index}/{question}", Score(before), Score(seed.After[question])))),
        ];
        return new EffectEstimate(
            pairs.Length,
            pairs.Average(pair => pair.Baseline),
            pairs.Average(pair => pair.Method),
            PairedBootstrap.Compare(pairs, ResamplingSeed),
            McNemarTest.Exact(pairs.Count(pair => pair.Baseline > pair.Method), pairs.Count(pair => pair.Method > pair.Baseline)));
    }

    private static double Score(char answer) => answer == '1' ? 1 : 0;
}
