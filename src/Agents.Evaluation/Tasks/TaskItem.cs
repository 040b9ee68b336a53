using Agents.Verification;

namespace Agents.Evaluation.Tasks;

/// <summary>One generated question with everything that is known about it. Sets of these train, test and grade models.</summary>
public sealed record TaskItem
{
    /// <summary>Gets the stable id: family/split/seed/index.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the id of the family.</summary>
    public required string Family { get; init; }

    /// <summary>Gets the id of the surface template, unique inside the family.</summary>
    public required string Template { get; init; }

    /// <summary>Gets the question, exactly as a solver sees it.</summary>
    public required string Question { get; init; }

    /// <summary>Gets the right answer in canonical spelling; slots are joined by ", " (a tool call is one call).</summary>
    public required string Answer { get; init; }

    /// <summary>Gets the solution trace without the answer line, lines separated by '\n'; may be empty.</summary>
    public required string Steps { get; init; }

    /// <summary>Gets the parts of the answer that can be right or wrong on their own, at least one.</summary>
    public required IReadOnlyList<string> Slots { get; init; }

    /// <summary>Gets the conditions that suffice to answer without the question, the last one being what is asked.</summary>
    public required IReadOnlyList<string> Facts { get; init; }

    /// <summary>Gets all right answers of one slot with their true probabilities where several are right.</summary>
    /// <value>Empty where exactly one answer is right.</value>
    public IReadOnlyList<WeightedAnswer> Alternatives { get; init; } = [];

    /// <summary>Gets the hidden tests that decide whether the answer, a program, is right; written like <c>f(3)=6</c>.</summary>
    /// <value>Empty where the answer is compared.</value>
    public IReadOnlyList<string> Tests { get; init; } = [];

    /// <summary>Gets the subtasks of the problem in order: what an analyst hands to a coder.</summary>
    /// <value>Empty in families without code.</value>
    public IReadOnlyList<string> Subtasks { get; init; } = [];

    /// <summary>Gets the level, from 1.</summary>
    public required int Difficulty { get; init; }

    /// <summary>Gets the split that the content belongs to.</summary>
    public required TaskSplit Split { get; init; }

    /// <summary>Gets how to draw the item again.</summary>
    public required TaskLineage Lineage { get; init; }

    /// <summary>Gets the complete right solution: the steps, then the line <c>answer: X</c>.</summary>
    public string Solution => SolutionText.Write(Steps, Answer);

    /// <summary>Creates the request that judges a response to this item.</summary>
    /// <param name="response">Complete text of the response.</param>
    public VerificationRequest Judge(string response) => new(Question, response, Id)
    {
        Reference = Answer,
        Members = [.. Alternatives.Select(answer => answer.Text)],
        Tests = Tests,
    };
}
