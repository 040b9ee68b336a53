namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents generate</c>.</summary>
internal sealed record GenerateDocument
{
    /// <summary>Gets the name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the hash of the weights.</summary>
    public required string Generation { get; init; }

    /// <summary>Gets the prompt as the model read it.</summary>
    public required IReadOnlyList<int> PromptTokenIds { get; init; }

    /// <summary>Gets the sampled tokens, the end token included.</summary>
    public required IReadOnlyList<TokenItem> Tokens { get; init; }

    /// <summary>Gets the text without control tokens.</summary>
    public required string Text { get; init; }

    /// <summary>Gets why it ended: stop, length, context or cancelled.</summary>
    public required string FinishReason { get; init; }

    /// <summary>Gets prompt tokens per second until the first token; null when nothing was generated.</summary>
    public required double? PrefillTokensPerSecond { get; init; }

    /// <summary>Gets (tokens − 1) / time after the first token; null for fewer than two tokens.</summary>
    public required double? DecodeTokensPerSecond { get; init; }
}
