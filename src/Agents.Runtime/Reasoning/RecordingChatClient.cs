using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Budgets;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Reasoning;

/// <summary>The client of one role inside one request: charges every call before it starts, cancels it at a hard limit, and records it in the trace.</summary>
internal sealed class RecordingChatClient(ReasoningContext context, string role, RoleModel model) : IChatClient, IGroupSampler
{
    private readonly BudgetMeter _meter = context.Meter;

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> read = Read(messages);
        _meter.ChargeCalls();
        return await CallAsync(read, options, StreamOf(options), Together(options), Open(read, options), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> read = Read(messages);
        _meter.ChargeCalls();
        RecordedCall call = Open(read, options);
        List<ChatResponseUpdate> arrived = [];
        bool complete = false;
        SampleStream stream = StreamOf(options);
        using var token = new CallToken(context, cancellationToken);
        IAsyncEnumerator<ChatResponseUpdate>? updates = null;
        try
        {
            updates = await StartAsync(read, options, stream, call, token.Token).ConfigureAwait(false);
            while (await NextAsync(updates, call, arrived).ConfigureAwait(false))
            {
                arrived.Add(updates.Current);
                yield return updates.Current;
            }

            complete = true;
        }
        finally
        {
            if (updates is not null)
            {
                await updates.DisposeAsync().ConfigureAwait(false);
            }

            if (!complete)
            {
                // Also reached when the reader stops early: what was generated is charged. A node that failed is closed already.
                call.Fail(new OperationCanceledException("The stream was not read to its end."), arrived.ToChatResponse());
            }
        }

        ChatResponse response = arrived.ToChatResponse();
        call.Complete(response);
        yield return new ChatResponseUpdate
        {
            Role = ChatRole.Assistant,
            MessageId = arrived.Count > 0 ? arrived[^1].MessageId : null,
            ResponseId = response.ResponseId,

            // So that who wants the whole response need not put it together again.
            RawRepresentation = response,
            AdditionalProperties = response.AdditionalProperties is { Count: 1 } node ? node : new AdditionalPropertiesDictionary { [ChatResponseTrace.NodePropertyName] = call.NodeId },
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        IReadOnlyList<ChatMessage> read = Read(messages);
        int granted = _meter.ChargeCalls(count);
        SampleStream stream = StreamOf(options);
        if (granted < count)
        {
            context.Logger.LogWarning("The call budget allows {Granted} of {Count} samples.", granted, count);
            context.Run.Trace.Note(context.NodeId, "groupCutTo", $"{granted} of {count}");
        }

        return granted > 1 && model.Client.GetService(typeof(IGroupSampler)) is IGroupSampler native
            ? await NativeAsync(native, read, granted, options, stream, cancellationToken).ConfigureAwait(false)
            : await ParallelAsync(read, granted, options, stream, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : model.Client.GetService(serviceType, serviceKey);
    }

    /// <summary>Does nothing: the inner client belongs to the host.</summary>
    public void Dispose()
    {
    }

    private static IReadOnlyList<ChatMessage> Read(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages as IReadOnlyList<ChatMessage> ?? [.. messages];
    }

    private async ValueTask<IReadOnlyList<ChatResponse>> NativeAsync(
        IGroupSampler sampler, IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options, SampleStream stream, CancellationToken cancellationToken)
    {
        var calls = new RecordedCall[count];
        for (int i = 0; i < count; i++)
        {
            calls[i] = Open(messages, options, i == 0 ? count : 1);
        }

        using var token = new CallToken(context, cancellationToken);
        try
        {
            TokenReservation reservation = await ReserveAsync(messages, options, count, Together(options), streams: false, token.Token).ConfigureAwait(false);
            foreach (RecordedCall call in calls)
            {
                call.Reservation = reservation;
            }

            IReadOnlyList<ChatResponse> responses = await sampler.SampleAsync(messages, count, Prepare(options, stream, calls[0]), token.Token).ConfigureAwait(false);
            if (responses.Count != count)
            {
                throw new ReasoningException($"The group sampler of the model '{model.FindName() ?? "(unknown)"}' gave {responses.Count} responses for {count} samples.");
            }

            for (int i = 0; i < count; i++)
            {
                calls[i].Complete(responses[i]);
            }

            return responses;
        }
        catch (Exception error)
        {
            Exception reported = Reported(error);
            foreach (RecordedCall call in calls)
            {
                call.Fail(reported);
            }

            if (ReferenceEquals(reported, error))
            {
                throw;
            }

            throw reported;
        }
    }

    // One failed sample of many is data (its node carries the error), not the end of the group; only a group without any response fails.
    private async ValueTask<IReadOnlyList<ChatResponse>> ParallelAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options, SampleStream stream, CancellationToken cancellationToken)
    {
        if (count == 1)
        {
            return [await CallAsync(messages, options, stream.Fork(0), Together(options), Open(messages, options), cancellationToken).ConfigureAwait(false)];
        }

        var calls = new RecordedCall[count];
        for (int i = 0; i < count; i++)
        {
            calls[i] = Open(messages, options);
        }

        // The calls of a group start together, and so may the groups.
        int together = Together(options);
        int later = Math.Max(0, together - 1) * count;
        var tasks = new Task<ChatResponse>[count];
        for (int i = 0; i < count; i++)
        {
            tasks[i] = CallAsync(messages, options, stream.Fork((ulong)i), later + count - i, calls[i], cancellationToken).AsTask();
        }

        await ((Task)Task.WhenAll(tasks)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ChatResponse[] responses = [.. tasks.Where(task => task.IsCompletedSuccessfully).Select(task => task.Result)];
        if (responses.Length == 0 || (cancellationToken.IsCancellationRequested && _meter.Reason is StoppedBecause.Completed or StoppedBecause.Cancelled))
        {
            await tasks.First(task => !task.IsCompletedSuccessfully).ConfigureAwait(false);
        }

        if (responses.Length < count)
        {
            context.Logger.LogWarning("{Failed} of {Count} samples failed; the trace has the errors.", count - responses.Length, count);
        }

        return responses;
    }

    private async ValueTask<ChatResponse> CallAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, SampleStream stream, int together, RecordedCall call, CancellationToken cancellationToken)
    {
        using var token = new CallToken(context, cancellationToken);
        try
        {
            call.Reservation = await ReserveAsync(messages, options, 1, together, streams: false, token.Token).ConfigureAwait(false);
            ChatResponse response = await model.Client.GetResponseAsync(messages, Prepare(options, stream, call), token.Token).ConfigureAwait(false);
            call.Complete(response);
            return response;
        }
        catch (Exception error)
        {
            Exception reported = Reported(error);
            call.Fail(reported);
            if (ReferenceEquals(reported, error))
            {
                throw;
            }

            throw reported;
        }
    }

    private async ValueTask<IAsyncEnumerator<ChatResponseUpdate>> StartAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, SampleStream stream, RecordedCall call, CancellationToken cancellationToken)
    {
        try
        {
            call.Reservation = await ReserveAsync(messages, options, 1, Together(options), streams: true, cancellationToken).ConfigureAwait(false);
            return model.Client.GetStreamingResponseAsync(messages, Prepare(options, stream, call), cancellationToken).GetAsyncEnumerator(cancellationToken);
        }
        catch (Exception error)
        {
            Exception reported = Reported(error);
            call.Fail(reported);
            if (ReferenceEquals(reported, error))
            {
                throw;
            }

            throw reported;
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, RecordedCall call, List<ChatResponseUpdate> arrived)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Exception reported = Reported(error);
            call.Fail(reported, arrived.ToChatResponse());
            if (ReferenceEquals(reported, error))
            {
                throw;
            }

            throw reported;
        }
    }

    // A call that a hard limit cut off reports the limit, not the cancellation it came as.
    private Exception Reported(Exception error) =>
        error is OperationCanceledException && _meter.Reason is not (StoppedBecause.Completed or StoppedBecause.Cancelled) ? _meter.Exceeded() : error;

    private RecordedCall Open(IReadOnlyList<ChatMessage> messages, ChatOptions? options, int callsPerAttempt = 1) => new(context, role, model, messages, options, callsPerAttempt);

    private SampleStream StreamOf(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Stream, out object? value) == true && value is SampleStream stream
            ? stream
            : context.NextCallStream();

    private static int Together(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Together, out object? value) == true && value is int calls and > 0 ? calls : 0;

    private ValueTask<TokenReservation> ReserveAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, int calls, int together, bool streams, CancellationToken cancellationToken)
    {
        int? asked = context.Options.MaxTokens is { } limit ? Math.Min(options?.MaxOutputTokens ?? limit, limit) : options?.MaxOutputTokens;
        return _meter.Limits.Tokens is null
            ? ValueTask.FromResult(new TokenReservation(asked))
            : ReserveAsync(new TokenRequest(asked, TokenCounts.OfPrompt(messages)) { Calls = calls, Together = together, Caller = context.Caller, Streams = streams }, cancellationToken);
    }

    private async ValueTask<TokenReservation> ReserveAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _meter.ReserveAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is BudgetExceededException or OperationCanceledException)
        {
            _meter.ReturnCalls(request.Calls);
            throw;
        }
    }

    private static ChatOptions Prepare(ChatOptions? options, SampleStream stream, RecordedCall call)
    {
        ChatOptions prepared = options?.Clone() ?? new ChatOptions();
        prepared.MaxOutputTokens = call.Reservation.OutputLimit;
        prepared.AdditionalProperties ??= [];
        prepared.AdditionalProperties.Remove(ChatOptionKeys.Together);
        prepared.AdditionalProperties[ChatOptionKeys.Stream] = stream;
        prepared.AdditionalProperties[IAttemptObserver.OptionName] = call;
        return prepared;
    }
}
