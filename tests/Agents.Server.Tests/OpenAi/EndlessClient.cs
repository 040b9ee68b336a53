using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Server.Tests.OpenAi;

/// <summary>Generates until it is cancelled, and says when it began and when it was.</summary>
internal sealed class EndlessClient : IChatClient
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Started => _started.Task;

    public Task Cancelled => _cancelled.Task;

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await foreach (ChatResponseUpdate _ in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
        }

        return new ChatResponse();
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "word ");
        _started.TrySetResult();
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(() => ended.TrySetCanceled(cancellationToken)))
        {
            try
            {
                await ended.Task;
            }
            finally
            {
                _cancelled.TrySetResult();
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
