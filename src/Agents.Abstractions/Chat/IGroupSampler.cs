using Microsoft.Extensions.AI;

namespace Agents;

/// <summary>Samples several answers to one prompt, computing the prompt once. Found through <c>IChatClient.GetService</c>; absent where a backend cannot do it.</summary>
public interface IGroupSampler
{
    /// <summary>Samples <paramref name="count"/> independent responses.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="count">Number of responses, at least 1.</param>
    /// <param name="options">As for a single call; a <see cref="SampleStream"/> under <see cref="ChatOptionKeys.Stream"/> is forked per sample.</param>
    /// <param name="cancellationToken">Honoured within one decode step.</param>
    /// <returns>At least one response, in sample order; inside a strategy there may be fewer than asked, when the call budget is near or single samples of a remote model failed.
    /// Each carries its own <see cref="GenerationRecord"/> and usage.</returns>
    Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default);
}
