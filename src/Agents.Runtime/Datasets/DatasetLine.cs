namespace Agents.Runtime.Datasets;

/// <summary>
/// One line of a training set. A conversation has <see cref="Messages"/> with the text to learn at the end; a pair has the prompt in <see cref="Messages"/>, and <see cref="Chosen"/> and
/// <see cref="Rejected"/>; a question has <see cref="Question"/> and <see cref="Answer"/>. Recipes of <c>agents train</c> read all three. Where <see cref="Tokenizer"/> is that of the model
/// under training, the token ids are what is learned, never the text tokenized again.
/// </summary>
public sealed record DatasetLine
{
    /// <summary>Gets the conversation.</summary>
    public IReadOnlyList<DatasetMessage>? Messages { get; init; }

    /// <summary>Gets the prompt of a pair as one text, for readers that know no messages.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets the better text of a pair.</summary>
    public string? Chosen { get; init; }

    /// <summary>Gets the worse text of a pair.</summary>
    public string? Rejected { get; init; }

    /// <summary>Gets the question.</summary>
    public string? Question { get; init; }

    /// <summary>Gets the right answer of a question.</summary>
    public string? Answer { get; init; }

    /// <summary>Gets how much the conversation counts in training; null for 1.</summary>
    public double? Weight { get; init; }

    /// <summary>Gets the value of the text; of a question the mean of its answers.</summary>
    public double? Value { get; init; }

    /// <summary>Gets the value of the better text.</summary>
    public double? ChosenValue { get; init; }

    /// <summary>Gets the value of the worse text.</summary>
    public double? RejectedValue { get; init; }

    /// <summary>Gets the fingerprint of the tokenizer that the ids belong to; null without ids.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Gets the prompt as the model read it.</summary>
    public IReadOnlyList<int>? PromptTokens { get; init; }

    /// <summary>Gets the tokens of the text to learn.</summary>
    public IReadOnlyList<int>? AnswerTokens { get; init; }

    /// <summary>Gets the tokens of the better text.</summary>
    public IReadOnlyList<int>? ChosenTokens { get; init; }

    /// <summary>Gets the tokens of the worse text.</summary>
    public IReadOnlyList<int>? RejectedTokens { get; init; }

    /// <summary>Gets where the line comes from.</summary>
    public required DatasetLineage Lineage { get; init; }
}
