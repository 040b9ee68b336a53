using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>Tokens of one call. A backend that reports none is estimated, because a token budget that never counts would be no budget.</summary>
/// <param name="Prompt">Tokens read.</param>
/// <param name="Completion">Tokens written.</param>
/// <param name="Estimated">Whether a number is an estimate.</param>
internal readonly record struct TokenCounts(long Prompt, long Completion, bool Estimated)
{
    // English text has about four characters per token; a message costs a few tokens of its own.
    private const int CharactersPerToken = 4;
    private const int TokensPerMessage = 4;

    /// <summary>Reads the counts of a response: reported usage, else the exact record, else an estimate.</summary>
    /// <param name="response">The response.</param>
    /// <param name="messages">What the model read.</param>
    public static TokenCounts Of(ChatResponse response, IReadOnlyList<ChatMessage> messages)
    {
        GenerationRecord? record = response.Generation();
        long? prompt = response.Usage?.InputTokenCount ?? record?.PromptTokenIds.Count;
        long? completion = response.Usage?.OutputTokenCount ?? record?.CompletionTokenIds.Count;
        return new TokenCounts(prompt ?? OfPrompt(messages), completion ?? OfText(response.Text), prompt is null || completion is null);
    }

    /// <summary>Estimates the tokens of a prompt.</summary>
    /// <param name="messages">The messages.</param>
    public static long OfPrompt(IReadOnlyList<ChatMessage> messages) => messages.Sum(message => TokensPerMessage + OfText(message.Text));

    private static long OfText(string text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;
}
