using System.Collections.Immutable;
using Agents.Training.Experience;

namespace Agents.Training.Preflight;

/// <summary>What a few sampled and scored groups look like.</summary>
public sealed record RolloutStatistics
{
    /// <summary>Gets the groups.</summary>
    public required int Groups { get; init; }

    /// <summary>Gets the groups from which nothing can be learned, because their rewards are all equal.</summary>
    public required int DeadGroups { get; init; }

    /// <summary>Gets the completions.</summary>
    public required int Completions { get; init; }

    /// <summary>Gets the completions that the token limit or the context cut.</summary>
    public required int Truncated { get; init; }

    /// <summary>Gets the completions that could not be scored.</summary>
    public required int Unscored { get; init; }

    /// <summary>Gets the composed reward.</summary>
    public required ValueSpread Reward { get; init; }

    /// <summary>Gets every named component.</summary>
    public required ImmutableSortedDictionary<string, ValueSpread> Components { get; init; }

    /// <summary>Gets the lengths of the completions.</summary>
    public required LengthSpread CompletionLength { get; init; }

    /// <summary>Gets the lengths of the prompts.</summary>
    public required LengthSpread PromptLength { get; init; }

    /// <summary>Gets the share of completions that were cut.</summary>
    public double TruncatedShare => (double)Truncated / Completions;

    /// <summary>Gets the share of groups without signal.</summary>
    public double DeadShare => (double)DeadGroups / Groups;

    /// <summary>Measures groups.</summary>
    /// <param name="groups">At least one scored group.</param>
    public static RolloutStatistics Of(IReadOnlyList<ExperienceGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0)
        {
            throw new ArgumentException("There is no group to measure.", nameof(groups));
        }

        ExperienceRow[] rows = [.. groups.SelectMany(group => group.Rows)];
        return new RolloutStatistics
        {
            Groups = groups.Count,
            DeadGroups = groups.Count(group => group.IsDead),
            Completions = rows.Length,
            Truncated = rows.Count(row => row.IsTruncated),
            Unscored = rows.Count(row => double.IsNaN(row.Reward)),
            Reward = ValueSpread.Of(rows.Select(row => row.Reward)),
            Components = rows.SelectMany(row => row.Rewards).GroupBy(entry => entry.Key, StringComparer.Ordinal)
                .ToImmutableSortedDictionary(entries => entries.Key, entries => ValueSpread.Of(entries.Select(entry => entry.Value)), StringComparer.Ordinal),
            CompletionLength = LengthSpread.Of(rows.Select(row => row.CompletionTokenIds.Length)),
            PromptLength = LengthSpread.Of(rows.Select(row => row.PromptTokenIds.Length)),
        };
    }
}
