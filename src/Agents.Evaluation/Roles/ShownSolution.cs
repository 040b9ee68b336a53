using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>A solution that a prompt shows: right, or wrong with its label.</summary>
internal sealed record ShownSolution(string Steps, string Answer, CorruptionKind Kind)
{
    public string Text => SolutionText.Write(Steps, Answer);

    public bool IsRight => Kind == CorruptionKind.None;

    /// <summary>The item's own solution.</summary>
    public static ShownSolution Right(TaskItem item) => new(item.Steps, item.Answer, CorruptionKind.None);

    /// <summary>A corrupted solution of the item.</summary>
    public static ShownSolution Wrong(ITaskFamily family, TaskItem item, ref SampleStream stream) => Of(family.Corrupt(item, ref stream));

    /// <summary>A given wrong solution.</summary>
    public static ShownSolution Of(CorruptedSolution wrong) => new(string.Join('\n', wrong.Solution.Steps), wrong.Solution.Answer, wrong.Kind);

    /// <summary>Right or wrong by chance.</summary>
    public static ShownSolution Draw(ITaskFamily family, TaskItem item, double wrongShare, ref SampleStream stream) =>
        stream.Chance(wrongShare) ? Wrong(family, item, ref stream) : Right(item);
}
