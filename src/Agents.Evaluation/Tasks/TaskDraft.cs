namespace Agents.Evaluation.Tasks;

/// <summary>The texts of one drawn problem, before it becomes an item.</summary>
/// <param name="Template">Id of the surface template.</param>
/// <param name="Question">The question.</param>
/// <param name="Solution">The right solution.</param>
/// <param name="Facts">Conditions that suffice to answer, the last one being what is asked.</param>
public sealed record TaskDraft(string Template, string Question, TaskSolution Solution, IReadOnlyList<string> Facts)
{
    /// <summary>Gets all right answers of one slot with their true probabilities, where several are right.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<WeightedAnswer> Alternatives { get; init; } = [];

    /// <summary>Gets the hidden tests that decide whether a program is right.</summary>
    /// <value>Empty by default: the answer is compared.</value>
    public IReadOnlyList<string> Tests { get; init; } = [];

    /// <summary>Gets the subtasks of the problem in order.</summary>
    /// <value>Empty by default: the family has none.</value>
    public IReadOnlyList<string> Subtasks { get; init; } = [];
}
