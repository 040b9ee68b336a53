using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Strategies.Candidates;

/// <summary>The call whose text is the answer: streamed to the caller, then collected.</summary>
public static class FinalCall
{
    /// <summary>Streams a response, yielding its text, and hands over the whole response at the end.</summary>
    /// <param name="client">Role-bound client of the engine.</param>
    /// <param name="messages">Prompt.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="completed">Receives the response.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public static async IAsyncEnumerable<ReasoningUpdate> StreamAsync(
        IChatClient client,
        IEnumerable<ChatMessage> messages,
        ChatOptions options,
        Action<ChatResponse> completed,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatResponse? whole = null;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            // The engine's client ends its streams with the response that it recorded.
            whole = update.RawRepresentation as ChatResponse;
            if (update.Text is { Length: > 0 } text)
            {
                yield return new TokenUpdate(text);
            }
        }

        completed(whole ?? throw new InvalidOperationException("The engine's role clients always end a stream with the response that they recorded."));
    }
}
