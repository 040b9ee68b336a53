using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Sizes and settings of the check. They were chosen on the validation split; see the notes of the findings.</summary>
/// <param name="TrainingQuestions">Questions that trees are expanded of.</param>
/// <param name="TestQuestions">Questions that arms are measured on.</param>
/// <param name="LevelQuestions">Validation questions per level that the level is chosen with.</param>
internal sealed record TreeScale(int TrainingQuestions, int TestQuestions, int LevelQuestions)
{
    /// <summary>Task family.</summary>
    public const string Family = "arithmetic";

    /// <summary>Branching factor n.</summary>
    public const int Branches = 3;

    /// <summary>Temperature of every call, in expansion and at inference (papers/33 §2.1).</summary>
    public const double Temperature = 0.3;

    /// <summary>Accuracy that one answer of the untrained model should have: the middle of the paper's room for improvement.</summary>
    public const double WantedAccuracy = 0.55;

    /// <summary>Learning rate of supervised training.</summary>
    public const double SupervisedRate = 1e-3;

    /// <summary>Learning rate of DPO.</summary>
    public const double PreferenceRate = 3e-4;

    /// <summary>How often supervised data is gone through.</summary>
    public const int SupervisedEpochs = 2;

    /// <summary>How often pairs are gone through.</summary>
    public const int PreferenceEpochs = 1;

    /// <summary>Strength of the pull to the reference (papers/33 §2.4).</summary>
    public const double Beta = 0.2;

    /// <summary>Most pairs of one role and question: keeps the few questions with very mixed trees from ruling the data.</summary>
    public const int PairsPerQuestion = 12;

    /// <summary>Gets the levels to choose from: two to five operations.</summary>
    public static IReadOnlyList<int> Levels { get; } = [2, 3, 4, 5];

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static TreeScale Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new(500, 1_000, 200) : new(120, 150, 40);
}
