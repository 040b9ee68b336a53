using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>Sizes of a run.</summary>
/// <param name="Items">Test items.</param>
/// <param name="Validation">Validation items, on which steps and rate are chosen.</param>
/// <param name="TeacherData">Conversations of each role that the teacher learns from.</param>
internal sealed record ImprovementPlan(int Items, int Validation, int TeacherData)
{
    /// <summary>Family of the items.</summary>
    public const string Family = "tools";

    /// <summary>Threshold of the main setting.</summary>
    public const double Tau = 0.95;

    /// <summary>Rounds of writing until a pair is valid.</summary>
    public const int Attempts = 4;

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static ImprovementPlan Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new(400, 150, 3000) : new(80, 40, 600);
}
