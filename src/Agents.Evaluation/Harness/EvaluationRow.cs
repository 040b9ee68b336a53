namespace Agents.Evaluation.Harness;

/// <summary>One judged answer. Rows are what a journal stores and what comparisons pair.</summary>
public sealed record EvaluationRow
{
    /// <summary>Gets the index of the question in the run.</summary>
    public required int Index { get; init; }

    /// <summary>Gets which sample of the question this is, from 0.</summary>
    public required int Sample { get; init; }

    /// <summary>Gets the id of the item: rows of two runs are paired by it and by <see cref="Sample"/>.</summary>
    public required string ItemId { get; init; }

    /// <summary>Gets the family of the item.</summary>
    public required string Family { get; init; }

    /// <summary>Gets the level of the item.</summary>
    public required int Difficulty { get; init; }

    /// <summary>Gets the complete response.</summary>
    public required string Response { get; init; }

    /// <summary>Gets whether it is right; null when it could not be judged.</summary>
    public required bool? Correct { get; init; }

    /// <summary>Gets the score in [0, 1]; null when it could not be judged.</summary>
    public required double? Score { get; init; }

    /// <summary>Gets whether the response has no answer at all.</summary>
    public required bool Invalid { get; init; }

    /// <summary>Gets the model calls.</summary>
    public required int Calls { get; init; }

    /// <summary>Gets the tokens read.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Gets the tokens written.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>Gets the wall-clock seconds, measured around the call.</summary>
    public required double Seconds { get; init; }
}
