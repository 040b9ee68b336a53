using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Sizes and settings of the check. They were chosen on the validation split; see the notes of the findings.</summary>
/// <param name="TrainingQuestions">Questions that trees are expanded of.</param>
/// <param name="TestQuestions">Questions that arms are measured on.</param>
/// <param name="LevelQuestions">Validation questions per level that the level is chosen with.</param>
/// <param name="FoundationExamples">Role conversations that the common start of all roles learns from.</param>
internal sealed record TreeScale(int TrainingQuestions, int TestQuestions, int LevelQuestions, int FoundationExamples)
{
    /// <summary>Task family.</summary>
    public const string Family = "arithmetic";

    /// <summary>Branching factor n.</summary>
    public const int Branches = 3;

    /// <summary>Temperature of every call at inference (papers/33 §2.1).</summary>
    public const double Temperature = 0.3;

    /// <summary>Temperature of the expansion. The paper's is 0.3, at which most siblings of a model of this size are identical and pair with nothing.</summary>
    public const double TreeTemperature = 0.8;

    /// <summary>Rank of all adapters.</summary>
    public const int Rank = 16;

    /// <summary>Learning rate of the common start.</summary>
    public const double FoundationRate = 2e-3;

    /// <summary>How often the conversations of the common start are gone through.</summary>
    public const int FoundationEpochs = 2;

    /// <summary>Accuracy that one answer of the untrained model should have: the middle of the paper's room for improvement.</summary>
    public const double WantedAccuracy = 0.55;

    /// <summary>Learning rate of supervised training.</summary>
    public const double SupervisedRate = 3e-4;

    /// <summary>Gets the learning rates of DPO that are tried on the validation split with the pairs of the first seed; ties go to the smaller one.</summary>
    public static IReadOnlyList<double> PreferenceRates { get; } = [1e-5, 3e-5, 1e-4];

    /// <summary>How often supervised data is gone through.</summary>
    public const int SupervisedEpochs = 2;

    /// <summary>How often pairs are gone through.</summary>
    public const int PreferenceEpochs = 1;

    /// <summary>Strength of the pull to the reference (papers/33 §2.4).</summary>
    public const double Beta = 0.2;

    /// <summary>Most pairs of one role and question: keeps the few questions with very mixed trees from ruling the data.</summary>
    public const int PairsPerQuestion = 12;

    /// <summary>Gets the levels to choose from: three to six operations.</summary>
    public static IReadOnlyList<int> Levels { get; } = [3, 4, 5, 6];

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static TreeScale Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new(500, 1_000, 200, 24_000) : new(120, 150, 40, 24_000);
}
