namespace Agents.Replication;

/// <summary>A problem that somebody wrote, for example the model under test, solved by the rules of its family.</summary>
/// <param name="Question">Its text.</param>
/// <param name="Solution">A complete right solution, ending in the line of the answer.</param>
public sealed record WrittenProblem(string Question, string Solution)
{
    /// <summary>Gets the level of difficulty.</summary>
    public required int Difficulty { get; init; }

    /// <summary>Gets the facts that the question gives; the last one is what is asked.</summary>
    public required IReadOnlyList<string> Facts { get; init; }

    /// <summary>Gets the split that its content belongs to: what belongs to a held-out one must not be trained on.</summary>
    public required ExperimentSplit Split { get; init; }
}
