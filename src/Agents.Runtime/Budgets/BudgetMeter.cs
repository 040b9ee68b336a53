using Agents.Budgets;

namespace Agents.Runtime.Budgets;

/// <summary>
/// Charges the calls of one request and ends it at a hard limit. Calls are charged before they start, tokens and money when they are known;
/// the first limit that is reached cancels <see cref="Stopping"/>, and with it everything in flight. Thread-safe.
/// </summary>
public sealed class BudgetMeter : IBudgetMeter, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer? _timer;
    private long _promptTokens;
    private long _completionTokens;
    private int _calls;
    private decimal _cost;
    private StoppedBecause _reason;

    /// <summary>Starts the clock.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The limits are impossible.</exception>
    public BudgetMeter(Budget limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        limits.Validate();
        Limits = limits;
        _time = time;
        _started = time.GetTimestamp();
        if (limits.Duration is { } duration)
        {
            _timer = time.CreateTimer(static state => ((BudgetMeter)state!).Stop(StoppedBecause.Duration), this, duration, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public Budget Limits { get; }

    /// <summary>Gets the token that is cancelled when a hard limit ends the request.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Gets which limit ended the request; <see cref="StoppedBecause.Completed"/> while none has.</summary>
    public StoppedBecause Reason
    {
        get
        {
            lock (_gate)
            {
                return _reason;
            }
        }
    }

    /// <inheritdoc/>
    public BudgetUsage Used
    {
        get
        {
            lock (_gate)
            {
                return new BudgetUsage(_promptTokens, _completionTokens, _calls, _time.GetElapsedTime(_started), _cost);
            }
        }
    }

    /// <inheritdoc/>
    public bool SoftLimitReached
    {
        get
        {
            BudgetUsage used = Used;
            double share = Limits.SoftShare;
            return Reason != StoppedBecause.Completed
                || used.Tokens >= Limits.Tokens * share
                || used.Calls >= Limits.Calls * share
                || used.Elapsed >= Limits.Duration * share
                || (Limits.Cost is { } cost && used.Cost > 0 && used.Cost >= cost * (decimal)share);
        }
    }

    /// <inheritdoc/>
    public int RemainingCalls => Limits.Calls is { } calls ? Math.Max(0, calls - Used.Calls) : int.MaxValue;

    /// <inheritdoc/>
    public long RemainingTokens => Limits.Tokens is { } tokens ? Math.Max(0, tokens - Used.Tokens) : long.MaxValue;

    /// <summary>Charges calls that are about to start.</summary>
    /// <param name="wanted">How many, at least 1.</param>
    /// <param name="exact">Whether fewer calls than wanted are of no use.</param>
    /// <returns>How many may start: <paramref name="wanted"/>, or fewer where the limit of calls is near.</returns>
    /// <exception cref="BudgetExceededException">A hard limit allows none.</exception>
    public int ChargeCalls(int wanted = 1, bool exact = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(wanted);
        StoppedBecause reached;
        lock (_gate)
        {
            int left = Limits.Calls is { } calls ? calls - _calls : int.MaxValue;
            reached = Reached(exact ? left < wanted : left < 1);
            if (reached == StoppedBecause.Completed)
            {
                int granted = Math.Min(wanted, left);
                _calls += granted;
                return granted;
            }
        }

        Stop(reached);
        throw Exceeded();
    }

    /// <summary>Charges tokens and their price; reaching a limit ends the request.</summary>
    /// <param name="promptTokens">Tokens read.</param>
    /// <param name="completionTokens">Tokens written.</param>
    /// <param name="prices">What they cost.</param>
    public void ChargeTokens(long promptTokens, long completionTokens, TokenPrices prices = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(completionTokens);
        StoppedBecause reached = StoppedBecause.Completed;
        lock (_gate)
        {
            _promptTokens += promptTokens;
            _completionTokens += completionTokens;
            _cost += prices.Of(promptTokens, completionTokens);

            // Exactly at the limit nothing in flight has overdrawn yet; the next call will be refused.
            if (_promptTokens + _completionTokens > Limits.Tokens)
            {
                reached = StoppedBecause.Tokens;
            }
            else if (_cost > Limits.Cost)
            {
                reached = StoppedBecause.Cost;
            }
        }

        if (reached != StoppedBecause.Completed)
        {
            Stop(reached);
        }
    }

    /// <summary>Returns the output limit of each of several calls that start now, so that together they stay inside the token limit.</summary>
    /// <param name="asked">The limit that was asked for; null for none.</param>
    /// <param name="calls">How many calls share what is left.</param>
    /// <param name="promptTokens">Estimate of the tokens each call will read.</param>
    /// <returns>At least 1; null when neither the caller nor the budget sets a limit.</returns>
    /// <exception cref="BudgetExceededException">The prompt alone needs more tokens than are left: a one-word answer would help nobody.</exception>
    public int? OutputLimit(int? asked, int calls = 1, long promptTokens = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(calls);
        if (Limits.Tokens is null)
        {
            return asked;
        }

        long share = (RemainingTokens / calls) - promptTokens;
        if (share < 1)
        {
            Stop(StoppedBecause.Tokens);
            throw Exceeded();
        }

        return (int)Math.Min(asked ?? int.MaxValue, share);
    }

    /// <summary>Ends the request: the first reason stays.</summary>
    /// <param name="reason">Why.</param>
    public void Stop(StoppedBecause reason)
    {
        lock (_gate)
        {
            if (_reason != StoppedBecause.Completed || reason == StoppedBecause.Completed)
            {
                return;
            }

            _reason = reason;
        }

        // Callbacks run on the pool: one that throws must end neither a timer thread nor the call that hit the limit.
        _ = _stopping.CancelAsync();
    }

    /// <summary>Gets whether a call was refused or cut off: a request that merely reached a limit with its last call still completed.</summary>
    public bool Refused { get; private set; }

    /// <summary>Creates the error that says which limit ended the request and how to raise it, for a call that is refused or cut off.</summary>
    public BudgetExceededException Exceeded()
    {
        Refused = true;
        BudgetUsage used = Used;
        StoppedBecause reason = Reason;
        return new BudgetExceededException(reason, reason switch
        {
            StoppedBecause.Tokens => $"The budget of {Limits.Tokens} tokens is used up ({used.Tokens} used). Raise the token budget.",
            StoppedBecause.Calls => $"The budget of {Limits.Calls} model calls is used up ({used.Calls} used). Raise the call budget.",
            StoppedBecause.Duration => $"The time budget of {Limits.Duration?.TotalSeconds:0.###} s is used up. Raise the time budget.",
            StoppedBecause.Cost => $"The cost budget of {Limits.Cost} is used up ({used.Cost} spent). Raise the cost budget.",
            _ => "The request was cancelled.",
        });
    }

    /// <summary>Stops the clock. The stopping token stays readable, as calls in flight may still hold it.</summary>
    public void Dispose() => _timer?.Dispose();

    private StoppedBecause Reached(bool outOfCalls) =>
        _reason != StoppedBecause.Completed ? _reason
        : Limits.Duration is { } duration && _time.GetElapsedTime(_started) >= duration ? StoppedBecause.Duration
        : outOfCalls ? StoppedBecause.Calls
        : _promptTokens + _completionTokens >= Limits.Tokens ? StoppedBecause.Tokens
        : _cost > 0 && _cost >= Limits.Cost ? StoppedBecause.Cost
        : StoppedBecause.Completed;
}
