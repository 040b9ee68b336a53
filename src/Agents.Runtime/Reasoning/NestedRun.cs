using Agents.Budgets;
using Agents.Runtime.Budgets;

namespace Agents.Runtime.Reasoning;

/// <summary>One strategy inside another: its budget and its token. Without limits of its own it shares the budget around it.</summary>
internal sealed class NestedRun : IDisposable
{
    private readonly BudgetMeter? _part;
    private readonly CancellationTokenSource? _token;
    private readonly CancellationTokenRegistration _timeIsUp;
    private readonly StopGrace? _grace;

    /// <summary>Starts the part.</summary>
    /// <param name="outer">The strategy around it.</param>
    /// <param name="limits">Its own limits; null for none.</param>
    /// <param name="cancellationToken">What the strategy around it passed.</param>
    /// <exception cref="BudgetExceededException">Nothing is left for it.</exception>
    public NestedRun(ReasoningContext outer, Budget? limits, CancellationToken cancellationToken)
    {
        ReasoningRun run = outer.Run;
        _part = limits is null ? null : outer.Meter.Part(limits);
        Meter = _part ?? outer.Meter;
        Abandon = outer.Abandon;
        EndsWithBudget = outer.EndsWithBudget(cancellationToken);
        bool timed = _part is not null && limits!.Duration is not null;
        if (!timed && EndsWithBudget && cancellationToken.CanBeCanceled)
        {
            // The token of the strategy around it, which ends with the request.
            Token = cancellationToken;
            return;
        }

        _token = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Token);
        Token = _token.Token;
        if (!timed)
        {
            return;
        }

        // As for a request: other limits end the calls and let the strategy conclude, time ends the strategy as well, and one that goes on is left behind.
        _grace = new StopGrace(run.Options.StopGrace, run.Time);
        _timeIsUp = _part!.Stopping.UnsafeRegister(
            static state =>
            {
                var nested = (NestedRun)state!;
                if (nested.Meter.Reason == StoppedBecause.Duration)
                {
                    nested._grace!.Start();
                    _ = nested._token!.CancelAsync();
                }
            },
            this);
        Abandon = Task.WhenAny(outer.Abandon, _grace.Elapsed);
    }

    /// <summary>Gets the budget of the part.</summary>
    public BudgetMeter Meter { get; }

    /// <summary>Gets the token that the strategy receives.</summary>
    public CancellationToken Token { get; }

    /// <summary>Gets whether its budget ends whenever its token is cancelled.</summary>
    public bool EndsWithBudget { get; }

    /// <summary>Gets the task that completes when the cancelled strategy has used up its grace.</summary>
    public Task Abandon { get; }

    /// <summary>Gets whether a limit of its own ended it.</summary>
    public bool EndedByItself => _part?.StoppedItself == true;

    public void Dispose()
    {
        _grace?.Dispose();
        _timeIsUp.Dispose();
        _part?.Dispose();
        _token?.Dispose();
    }
}
