using System.Text.Json;

namespace Agents.Runtime.Learning.Roles;

/// <summary>How the roles of a strategy are trained on its own branches (papers/33): expand and judge, build the sets of each role, one adapter per role, in rounds.</summary>
public sealed record RolesSettings
{
    /// <summary>Gets the strategy that is run on the questions. Default <c>malt-tree</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the strategy's own settings; null for none.</summary>
    public JsonElement? StrategySettings { get; init; }

    /// <summary>Gets the number of samples, for a tree its branching factor.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the temperature of the branches.</summary>
    public required double Temperature { get; init; }

    /// <summary>Gets the longest text of a role in tokens.</summary>
    public required int MaximumTokens { get; init; }

    /// <summary>Gets the questions of a round.</summary>
    public required int Questions { get; init; }

    /// <summary>Gets the number of rounds; each expands with the adapters of the one before.</summary>
    public required int Rounds { get; init; }

    /// <summary>Gets the threshold of the first round, above which a text is positive.</summary>
    public required double Threshold { get; init; }

    /// <summary>Gets the smallest difference of values of a pair, which then replaces the labels; null for labels.</summary>
    public double? MinimumGap { get; init; }

    /// <summary>Gets whether identical texts with different values count as one with their mean, instead of being dropped.</summary>
    public bool MergeIdentical { get; init; }

    /// <summary>Gets the model roles that are trained further by DPO after supervised training.</summary>
    public required IReadOnlyList<string> RolesWithPreference { get; init; }

    /// <summary>Gets the most pairs of one role and question.</summary>
    public required int PairsPerQuestion { get; init; }

    /// <summary>Gets the rank of the adapters.</summary>
    public required int Rank { get; init; }

    /// <summary>Gets texts, or pairs, per update.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Gets how often the texts are gone through.</summary>
    public required int SupervisedEpochs { get; init; }

    /// <summary>Gets the learning rate of supervised training.</summary>
    public required double SupervisedRate { get; init; }

    /// <summary>Gets how often the pairs are gone through.</summary>
    public required int PreferenceEpochs { get; init; }

    /// <summary>Gets the learning rate of DPO.</summary>
    public required double PreferenceRate { get; init; }

    /// <summary>Gets the strength of the pull to the reference in DPO.</summary>
    public required double Beta { get; init; }

    /// <summary>Returns the threshold of a round: 1 − (1 − first) / (round + 1), which rises towards 1, so that later rounds take fewer but purer texts.</summary>
    /// <param name="round">The round, from 0.</param>
    public double ThresholdOf(int round) => 1 - ((1 - Threshold) / (round + 1));
}
