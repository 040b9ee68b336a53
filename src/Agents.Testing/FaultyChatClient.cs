using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>A client with planned faults in front of another: fails the first calls, hangs until cancelled, cuts streams, hides what a poor backend lacks.</summary>
/// <param name="inner">The client that answers when no fault is due.</param>
public sealed class FaultyChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    /// <summary>Gets how many calls came in, failed ones included.</summary>
    public int CallCount => Volatile.Read(ref _calls);

    /// <summary>Gets how many calls fail before the first one succeeds. Default 0.</summary>
    public int FailFirst { get; init; }

    /// <summary>Gets the error of failing calls. Default: HTTP 503.</summary>
    public Func<Exception> Error { get; init; } = () => new HttpRequestException("Service unavailable.", null, HttpStatusCode.ServiceUnavailable);

    /// <summary>Gets whether calls that do not fail hang until they are cancelled. Default false.</summary>
    public bool Hang { get; init; }

    /// <summary>Gets after how many updates a stream breaks with <see cref="Error"/>; null for never.</summary>
    public int? CutStreamAfter { get; init; }

    /// <summary>Gets whether responses come without usage. Default false.</summary>
    public bool HideUsage { get; init; }

    /// <summary>Gets whether the inner client's group sampler is hidden. Default false.</summary>
    public bool HideGroupSampler { get; init; }

    /// <summary>Gets the task that completes when a call hangs: the fact to wait for before cancelling it.</summary>
    public Task Hanging => _hanging.Task;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await FaultAsync(cancellationToken).ConfigureAwait(false);
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        response.Usage = HideUsage ? null : response.Usage;
        return response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await FaultAsync(cancellationToken).ConfigureAwait(false);
        int sent = 0;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            if (sent++ == CutStreamAfter)
            {
                throw Error();
            }

            yield return update;
        }
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        HideGroupSampler && serviceType == typeof(IGroupSampler) ? null : base.GetService(serviceType, serviceKey);

    private async Task FaultAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _calls) <= FailFirst)
        {
            throw Error();
        }

        if (Hang)
        {
            _hanging.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }
}
