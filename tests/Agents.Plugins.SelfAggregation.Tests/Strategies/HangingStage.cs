using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>Hangs, until it is cancelled, in calls whose last message fits.</summary>
internal sealed class HangingStage(IChatClient inner, Func<string, bool> hangs) : DelegatingChatClient(inner)
{
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Hanging => _hanging.Task;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await HangAsync(messages, cancellationToken);
        return await base.GetResponseAsync(messages, options, cancellationToken);
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await HangAsync(messages, cancellationToken);
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            yield return update;
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(IGroupSampler) ? null : base.GetService(serviceType, serviceKey);

    private async Task HangAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        if (hangs(messages.Last().Text))
        {
            _hanging.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }
}
