using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Sizes of the check, chosen on the validation split.</summary>
/// <param name="Items">Test questions.</param>
/// <param name="Responses">Responses per question and method, N.</param>
/// <param name="Corpus">Conversations that teach the formats.</param>
/// <param name="CorpusEpochs">How often they are gone through.</param>
/// <param name="Pairs">Preference pairs of a DPO run.</param>
/// <param name="PairEpochs">How often they are gone through.</param>
internal sealed record ListingScale(int Items, int Responses, int Corpus, int CorpusEpochs, int Pairs, int PairEpochs)
{
    /// <summary>Answers per list, k.</summary>
    public const int ListLength = 5;

    /// <summary>Weight of typicality in the preferences.</summary>
    public const double Alpha = 0.6;

    /// <summary>Weight of the KL term in DPO: gamma = 1 + 0.6 / 0.2 = 4.</summary>
    public const double Beta = 0.2;

    /// <summary>The weight of the weaker run: gamma = 1 + 0.6 / 0.6 = 2.</summary>
    public const double WeakBeta = 0.6;

    /// <summary>Tail thresholds of the knob, falling.</summary>
    public static IReadOnlyList<double> Tails { get; } = [0.5, 0.1, 0.02];

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static ListingScale Of(ReplicationProfile profile) =>
        profile == ReplicationProfile.Full ? new(100, 200, 12_000, 4, 6_000, 1) : new(24, 100, 6_000, 3, 3_000, 1);
}
