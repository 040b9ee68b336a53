using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>A client that hangs, until it is cancelled, in calls whose last message fits; or fails in them. Groups come as single calls.</summary>
/// <param name="inner">The client that answers all other calls.</param>
/// <param name="hangs">Decides by the text of the last message; asked once per call, in order of their start.</param>
public sealed class HangingChatClient(IChatClient inner, Func<string, bool> hangs) : DelegatingChatClient(inner)
{
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the error of the calls that fit; null (the default) lets them hang.</summary>
    public Func<Exception>? Error { get; init; }

    /// <summary>Gets the task that completes when a call hangs: the fact to wait for before cancelling it.</summary>
    public Task Hanging => _hanging.Task;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await HangAsync(messages, cancellationToken).ConfigureAwait(false);
        return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await HangAsync(messages, cancellationToken).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(IGroupSampler) ? null : base.GetService(serviceType, serviceKey);

    private async Task HangAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        if (!hangs(messages.Last().Text))
        {
            return;
        }

        if (Error is { } error)
        {
            throw error();
        }

        _hanging.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }
}
