using System.Runtime.CompilerServices;
using Agents.Runtime.Connectors;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Agents.Runtime.Resilience;

/// <summary>
/// Protects a remote client: a limit of concurrent calls, retries with growing waits (only before the first token of a stream), a circuit breaker and a
/// timeout per attempt. Each attempt is reported to the request's trace and charged to its budget. The final error is one <see cref="EndpointException"/>.
/// </summary>
public sealed class ResilientChatClient : DelegatingChatClient, IGroupSampler
{
    private readonly ResiliencePipeline _pipeline;
    private readonly ResilienceOptions _options;
    private readonly SemaphoreSlim _slots;
    private readonly string _target;

    /// <summary>Creates a client.</summary>
    /// <param name="inner">The remote client; disposed with this one.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public ResilientChatClient(IChatClient inner, ResilienceOptions? options = null, TimeProvider? time = null)
        : base(inner)
    {
        _options = options ?? new ResilienceOptions();
        _options.Validate();
        _pipeline = ResiliencePipelines.Build(_options, time ?? TimeProvider.System);
        _slots = new SemaphoreSlim(_options.ConcurrentCalls);
        var metadata = inner.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        _target = metadata?.ProviderUri?.ToString() ?? metadata?.ProviderName ?? "the model's endpoint";
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> read = [.. messages];
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ExecuteAsync(
                options,
                static (state, token) => new ValueTask<ChatResponse>(state.Inner.GetResponseAsync(state.Messages, state.Options, token)),
                (Inner: InnerClient, Messages: read, Options: options),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> read = [.. messages];
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var stream = new CancellableStream(InnerClient, read, options, cancellationToken);
            try
            {
                bool more = await ExecuteAsync(options, static (stream, token) => stream.StartAsync(token), stream, cancellationToken).ConfigureAwait(false);
                while (more)
                {
                    yield return stream.Current;
                    more = await stream.NextAsync().ConfigureAwait(false);
                }
            }
            finally
            {
                await stream.CloseAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (InnerClient.GetService(typeof(IGroupSampler)) is not IGroupSampler sampler)
        {
            throw new NotSupportedException($"{_target} samples no groups; ask GetService<IGroupSampler>() first and make single calls.");
        }

        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ExecuteAsync(
                options,
                static (state, token) => new ValueTask<IReadOnlyList<ChatResponse>>(state.Sampler.SampleAsync(state.Messages, state.Count, state.Options, token)),
                (Sampler: sampler, Messages: messages, Count: count, Options: options),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(IGroupSampler) && serviceKey is null
            ? (InnerClient.GetService(serviceType) is null ? null : this)
            : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _slots.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<T> ExecuteAsync<T, TState>(
        ChatOptions? options, Func<TState, CancellationToken, ValueTask<T>> call, TState state, CancellationToken cancellationToken)
    {
        var observer = options?.AdditionalProperties?.TryGetValue(IAttemptObserver.OptionName, out object? value) == true ? value as IAttemptObserver : null;
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(AttemptStrategy.Key, new AttemptStrategy.Attempts(observer));
        try
        {
            return await _pipeline.ExecuteAsync(
                static (context, pair) => pair.Call(pair.State, context.CancellationToken), context, (Call: call, State: state)).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException error)
        {
            throw new EndpointException($"{_target} did not answer within {_options.AttemptTimeout.TotalSeconds:0.###} s ({_options.Retries + 1} attempts). Check the server, or raise the attempt timeout.", error) { Retryable = true };
        }
        catch (BrokenCircuitException error)
        {
            throw new EndpointException($"{_target} failed too often and is not called for {_options.BreakerPause.TotalSeconds:0.###} s. Check the server; calls resume by themselves.", error) { Retryable = true };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A stream that one attempt opens and whose token outlives the attempt: the pipeline's token ends with the first update.</summary>
    private sealed class CancellableStream(IChatClient inner, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken caller) : IDisposable
    {
        private IAsyncEnumerator<ChatResponseUpdate>? _updates;
        private CancellationTokenSource? _cancel;

        public ChatResponseUpdate Current => _updates!.Current;

        public async ValueTask<bool> StartAsync(CancellationToken attempt)
        {
            await CloseAsync().ConfigureAwait(false);
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(caller);
            using CancellationTokenRegistration ends = attempt.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cancel);
            _updates = inner.GetStreamingResponseAsync(messages, options, _cancel.Token).GetAsyncEnumerator(_cancel.Token);
            try
            {
                return await _updates.MoveNextAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (attempt.IsCancellationRequested)
            {
                // The timeout recognises its own token only.
                throw new OperationCanceledException(attempt);
            }
        }

        public ValueTask<bool> NextAsync() => _updates!.MoveNextAsync();

        public async ValueTask CloseAsync()
        {
            if (_updates is not null)
            {
                await _updates.DisposeAsync().ConfigureAwait(false);
                _updates = null;
            }

            Dispose();
        }

        public void Dispose()
        {
            _cancel?.Dispose();
            _cancel = null;
        }
    }
}
