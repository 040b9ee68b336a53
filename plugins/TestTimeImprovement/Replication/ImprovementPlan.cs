using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>Sizes of a run.</summary>
/// <param name="Items">Measured items.</param>
/// <param name="Choice">Validation items on which steps and rate are chosen.</param>
/// <param name="TeacherData">Conversations of each role that the teacher learns from.</param>
/// <param name="TeacherEpochs">How often it sees each.</param>
/// <param name="OpenItems">Items of the family without functions.</param>
internal sealed record ImprovementPlan(int Items, int Choice, int TeacherData, int TeacherEpochs, int OpenItems)
{
    /// <summary>Family of the items: functions that the embedded model never saw, with a skewed training mixture.</summary>
    public const string Family = "errands";

    /// <summary>A family of open questions, which the authors did not evaluate.</summary>
    public const string OpenFamily = "transform";

    /// <summary>Share of open questions that count as unsure: the authors' share in their main setting (190 of 294).</summary>
    public const double OpenShare = 190.0 / 294;

    /// <summary>Threshold of the main setting.</summary>
    public const double Tau = 0.95;

    /// <summary>Rounds of writing until a pair is valid.</summary>
    public const int Attempts = 4;

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static ImprovementPlan Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new(400, 150, 5000, 2, 200) : new(100, 50, 1500, 1, 40);

    /// <summary>The split that a profile measures on. Quick runs, which settings are chosen by, never see the test split.</summary>
    /// <param name="profile">The profile.</param>
    public static ExperimentSplit SplitOf(ReplicationProfile profile) => profile == ReplicationProfile.Full ? ExperimentSplit.Test : ExperimentSplit.Validation;
}
