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
}
