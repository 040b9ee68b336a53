using Agents.Budgets;
using Agents.Reasoning;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Reasoning;

/// <summary>
/// Reads the updates of a strategy and holds it to its contract: one answer, at the end. An error names the strategy. A strategy that does not end
/// after a cancellation is left behind, so that a hanging plugin cannot hold the host.
/// </summary>
internal sealed class StrategyReader(ReasoningContext context, string strategy) : IAsyncDisposable
{
    private IAsyncEnumerator<ReasoningUpdate>? _updates;
    private bool _abandoned;

    /// <summary>Gets the answer, or the best draft so far; null while there is neither.</summary>
    public ReasoningAnswer? Answer { get; private set; }

    /// <summary>Gets whether <see cref="Answer"/> is final.</summary>
    public bool Answered { get; private set; }

    /// <summary>Starts the strategy.</summary>
    /// <param name="instance">The strategy.</param>
    /// <param name="task">Its task.</param>
    /// <param name="cancellationToken">Its token.</param>
    public void Start(IReasoningStrategy instance, ReasoningTask task, CancellationToken cancellationToken)
    {
        try
        {
            _updates = instance.SolveAsync(task, context, cancellationToken).GetAsyncEnumerator(cancellationToken);
        }
        catch (Exception error) when (IsForeign(error))
        {
            throw Failed(error);
        }
    }

    /// <summary>Returns the next update; null at the end.</summary>
    /// <exception cref="BudgetExceededException">A hard limit ended the strategy.</exception>
    /// <exception cref="OperationCanceledException">The caller ended the strategy.</exception>
    /// <exception cref="ReasoningException">The strategy failed or broke its contract.</exception>
    public async ValueTask<ReasoningUpdate?> NextAsync()
    {
        Task<bool> move = _updates!.MoveNextAsync().AsTask();
        if (!move.IsCompleted && await Task.WhenAny(move, context.Abandon).ConfigureAwait(false) != move)
        {
            LeaveBehind(move);
            throw Stopped(null);
        }

        try
        {
            if (!await move.ConfigureAwait(false))
            {
                return null;
            }
        }
        catch (OperationCanceledException error)
        {
            throw Stopped(error);
        }
        catch (Exception error) when (IsForeign(error))
        {
            throw Failed(error);
        }

        ReasoningUpdate update = _updates.Current;
        if (Answered)
        {
            throw new ReasoningException($"The strategy '{strategy}' yields {update.GetType().Name} after its answer; the answer must be its last update.");
        }

        if (update is AnswerUpdate answer)
        {
            Answer = answer.Answer;
            Answered = true;
        }
        else if (update is DraftUpdate draft)
        {
            Answer = draft.Answer;
        }

        return update;
    }

    /// <summary>Returns the final answer.</summary>
    /// <exception cref="ReasoningException">The strategy ended without one.</exception>
    public ReasoningAnswer RequireAnswer() => Answered && Answer is not null
        ? Answer
        : throw new ReasoningException($"The strategy '{strategy}' ended without an answer; its last update must be an {nameof(AnswerUpdate)}.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_updates is not null && !_abandoned)
        {
            await _updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Errors of our own areas and of arguments say what to do already; all others get the strategy's name.
    private static bool IsForeign(Exception error) => error is not (AgentsException or ArgumentException or OperationCanceledException);

    private ReasoningException Failed(Exception error) =>
        new($"The strategy '{strategy}' failed: {RecordedCall.OneLine(error)}", error);

    private Exception Stopped(OperationCanceledException? error) =>
        context.Meter.Reason is not (StoppedBecause.Completed or StoppedBecause.Cancelled)
            ? context.Meter.Exceeded()
            : error ?? new OperationCanceledException(context.Run.Token);

    private void LeaveBehind(Task<bool> move)
    {
        _abandoned = true;
        IAsyncEnumerator<ReasoningUpdate> updates = _updates!;
        context.Logger.LogWarning(
            "The strategy '{Strategy}' did not end within {Grace} s after it was cancelled; it was left behind.", strategy, context.Run.Options.StopGrace.TotalSeconds);
        context.Note(context.NodeId, "leftBehind", "true");
        _ = move.ContinueWith(
            async (ended, state) =>
            {
                _ = ended.Exception;
                await ((IAsyncEnumerator<ReasoningUpdate>)state!).DisposeAsync().ConfigureAwait(false);
            },
            updates,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
