namespace Agents.Evaluation.Tasks;

/// <summary>A solution, right or wrong, in parts.</summary>
/// <param name="Steps">Step lines in order, without the answer line.</param>
/// <param name="Slots">Parts of the answer.</param>
/// <param name="Answer">The answer as one text.</param>
public sealed record TaskSolution(IReadOnlyList<string> Steps, IReadOnlyList<string> Slots, string Answer)
{
    /// <summary>Gets the complete text: step lines, then the answer line.</summary>
    public string Text => SolutionText.Write(string.Join('\n', Steps), Answer);

    /// <summary>Creates a solution whose answer is its slots joined by ", ".</summary>
    /// <param name="steps">Step lines.</param>
    /// <param name="slots">Parts of the answer.</param>
    public static TaskSolution Of(IReadOnlyList<string> steps, IReadOnlyList<string> slots) =>
        new(steps, slots, string.Join(", ", slots));
}
