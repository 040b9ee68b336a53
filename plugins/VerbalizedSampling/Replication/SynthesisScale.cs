using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Sizes of the part in which written problems train a student (papers/51 §5 C), chosen on the validation split.</summary>
/// <param name="Problems">Problems that every method writes, N.</param>
/// <param name="Corpus">Conversations that teach the writer.</param>
/// <param name="CorpusEpochs">How often they are gone through.</param>
/// <param name="Pairs">Preference pairs of its alignment.</param>
/// <param name="StudentSteps">Optimizer steps of every student, whatever is left to learn from.</param>
/// <param name="ItemsPerType">Held-out questions of each type.</param>
internal sealed record SynthesisScale(int Problems, int Corpus, int CorpusEpochs, int Pairs, int StudentSteps, int ItemsPerType)
{
    /// <summary>Family of the problems: known functions under names that the model has never seen.</summary>
    public const string Family = "transform-renamed";

    /// <summary>Number of types: one per name.</summary>
    public const int Types = 12;

    /// <summary>Problems per optimizer step of a student.</summary>
    public const int StudentBatch = 16;

    /// <summary>Gets how frequent each type is in the writer's corpus: Zipf's law.</summary>
    public static IReadOnlyList<double> Law { get; } = [.. Enumerable.Range(1, Types).Select(rank => 1.0 / rank / Enumerable.Range(1, Types).Sum(other => 1.0 / other))];

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static SynthesisScale Of(ReplicationProfile profile) =>
        profile == ReplicationProfile.Full ? new(300, 3_000, 2, 1_280, 150, 25) : new(200, 2_400, 2, 960, 150, 8);
}
