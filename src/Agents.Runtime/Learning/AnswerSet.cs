using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Experience;

namespace Agents.Runtime.Learning;

/// <summary>The different answers to one question, right ones that are complete apart from wrong ones, each once and in the order they were sampled.</summary>
internal sealed class AnswerSet
{
    /// <summary>Sorts the answers of a group.</summary>
    /// <param name="group">A judged group.</param>
    public AnswerSet(ExperienceGroup group)
    {
        Right = Different(group.Rows.Where(row => row.Reward == 1 && !row.IsTruncated));
        Wrong = Different(group.Rows.Where(row => row.Reward < 1));
        PassRate = group.Scored == 0 ? double.NaN : group.Rows.Count(row => row.Reward == 1) / (double)group.Scored;
    }

    /// <summary>Gets the right answers.</summary>
    public ImmutableArray<ExperienceRow> Right { get; }

    /// <summary>Gets the wrong answers.</summary>
    public ImmutableArray<ExperienceRow> Wrong { get; }

    /// <summary>Gets the share of right answers; NaN when none could be judged.</summary>
    public double PassRate { get; }

    /// <summary>Describes groups for an error.</summary>
    /// <param name="groups">Judged groups.</param>
    public static string Describe(ImmutableArray<ExperienceGroup> groups)
    {
        double[] rates = [.. groups.Select(group => new AnswerSet(group).PassRate)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{groups.Sum(group => group.Rows.Length)} answers to {groups.Length} questions ({rates.Count(rate => rate == 1)} always right, {rates.Count(rate => rate == 0)} never right, {rates.Count(double.IsNaN)} not judged)");
    }

    /// <summary>Returns whether the pass rate lies in the range of a recipe.</summary>
    /// <param name="sampling">Settings.</param>
    public bool IsUsed(SamplingSettings sampling) => PassRate >= sampling.LowestPassRate && PassRate <= sampling.HighestPassRate;

    private static ImmutableArray<ExperienceRow> Different(IEnumerable<ExperienceRow> rows) => [.. rows.DistinctBy(row => string.Join(' ', row.CompletionTokenIds), StringComparer.Ordinal)];
}
