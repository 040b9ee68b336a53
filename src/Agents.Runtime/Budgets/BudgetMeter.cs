using Agents.Budgets;

namespace Agents.Runtime.Budgets;

/// <summary>
/// Charges the calls of one request, or of one nested strategy inside it, and ends it at a hard limit. Calls are charged before they start; tokens are set aside before and
/// charged when they are known, with their price. The first limit that is reached cancels <see cref="Stopping"/>, and with it everything in flight. Thread-safe: a request and
/// its parts share one lock.
/// </summary>
public sealed class BudgetMeter : IBudgetMeter, IDisposable
{
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly BudgetMeter? _whole;
    private readonly Budget _own;

    // Whose limit applies: this budget, or the nearest around it that has one.
    private readonly BudgetMeter _forCalls;
    private readonly BudgetMeter _forTokens;
    private readonly BudgetMeter _forTime;
    private readonly BudgetMeter _forCost;
    private readonly long _started;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenRegistration _wholeStops;
    private readonly ITimer? _timer;
    private readonly Allowance<long> _calls;
    private readonly Allowance<long> _tokens;
    private readonly Allowance<decimal> _cost;
    private readonly TokenQueue? _queue;
#pragma warning disable CA1859 // A budget knows nothing of the requests that it belongs to.
    private IStopListener? _listener;
#pragma warning restore CA1859
    private long _promptTokens;
    private long _completionTokens;
    private StoppedBecause _reason;
    private bool _refused;

    /// <summary>Starts the clock of a request.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The limits are impossible.</exception>
    public BudgetMeter(Budget limits, TimeProvider time)
        : this(limits, time, null)
    {
    }

    private BudgetMeter(Budget limits, TimeProvider time, BudgetMeter? whole)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        limits.Validate();
        _gate = whole?._gate ?? new Lock();
        _time = time;
        _whole = whole;
        _own = limits;
        _forCalls = limits.Calls is null && whole is not null ? whole._forCalls : this;
        _forTokens = limits.Tokens is null && whole is not null ? whole._forTokens : this;
        _forTime = limits.Duration is null && whole is not null ? whole._forTime : this;
        _forCost = limits.Cost is null && whole is not null ? whole._forCost : this;
        _started = time.GetTimestamp();
        _calls = new Allowance<long>(limits.Calls, whole?._calls);
        _tokens = new Allowance<long>(limits.Tokens, whole?._tokens);
        _cost = new Allowance<decimal>(limits.Cost, whole?._cost);
        _queue = limits.Tokens is null ? null : new TokenQueue(_tokens);
        Limits = whole is null ? limits : limits with
        {
            Calls = limits.Calls ?? whole.Limits.Calls,
            Tokens = limits.Tokens ?? whole.Limits.Tokens,
            Duration = limits.Duration ?? whole.Limits.Duration,
            Cost = limits.Cost ?? whole.Limits.Cost,
        };
        if (limits.Duration is { } duration)
        {
            _timer = time.CreateTimer(static state => ((BudgetMeter)state!).Stop(StoppedBecause.Duration), this, duration, Timeout.InfiniteTimeSpan);
        }

        if (whole is not null)
        {
            _wholeStops = whole.Stopping.UnsafeRegister(static state => _ = ((BudgetMeter)state!)._stopping.CancelAsync(), this);
        }
    }

    /// <inheritdoc/>
    public Budget Limits { get; }

    /// <summary>Gets the token that is cancelled when a hard limit, here or around it, ends the work.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Gets which limit ended the work, here or around it; <see cref="StoppedBecause.Completed"/> while none has.</summary>
    public StoppedBecause Reason
    {
        get
        {
            lock (_gate)
            {
                return ReasonHere;
            }
        }
    }

    /// <summary>Gets whether a limit of its own ended the work, not one around it.</summary>
    public bool StoppedItself
    {
        get
        {
            lock (_gate)
            {
                return _reason != StoppedBecause.Completed && _whole?.ReasonHere is null or StoppedBecause.Completed;
            }
        }
    }

    /// <summary>Gets whether a call was refused or cut off: a request that merely reached a limit with its last call still completed.</summary>
    public bool Refused
    {
        get
        {
            lock (_gate)
            {
                return _refused;
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
                return new BudgetUsage(
                    _forTokens._promptTokens, _forTokens._completionTokens, (int)_forCalls._calls.Used, _time.GetElapsedTime(_forTime._started), _forCost._cost.Used);
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
    public int RemainingCalls
    {
        get
        {
            lock (_gate)
            {
                return (int)(_calls.Free ?? int.MaxValue);
            }
        }
    }

    /// <inheritdoc/>
    public long RemainingTokens
    {
        get
        {
            lock (_gate)
            {
                return _tokens.Free ?? long.MaxValue;
            }
        }
    }

    private StoppedBecause ReasonHere => _reason != StoppedBecause.Completed ? _reason : _whole?.ReasonHere ?? StoppedBecause.Completed;

    /// <summary>Starts a part of this budget. Its limits are taken from here at once, cut to what is left; disposing gives back what it did not use.</summary>
    /// <param name="limits">The part's own limits; absent ones share what is left here.</param>
    /// <exception cref="ArgumentException">The limits are impossible.</exception>
    /// <exception cref="BudgetExceededException">Nothing is left.</exception>
    public BudgetMeter Part(Budget limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.Validate();
        StoppedBecause reached;
        lock (_gate)
        {
            reached = Reached(_calls.Free < 1);
            if (reached == StoppedBecause.Completed && _tokens.Free < 1)
            {
                reached = StoppedBecause.Tokens;
            }

            if (reached == StoppedBecause.Completed)
            {
                Budget cut = limits with
                {
                    Calls = limits.Calls is { } calls ? (int)Math.Min(calls, _calls.Free ?? calls) : null,
                    Tokens = limits.Tokens is { } tokens ? Math.Min(tokens, _tokens.Free ?? tokens) : null,
                    Cost = limits.Cost is { } cost ? Math.Min(cost, _cost.Free ?? cost) : null,
                };
                return new BudgetMeter(cut, _time, this);
            }
        }

        throw Refuse(reached);
    }

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
            long left = _calls.Free ?? int.MaxValue;
            reached = Reached(exact ? left < wanted : left < 1);
            if (reached == StoppedBecause.Completed)
            {
                int granted = (int)Math.Min(wanted, left);
                _calls.Use(granted);
                return granted;
            }
        }

        throw Refuse(reached);
    }

    /// <summary>Gives back calls that were charged but never started, because there were no tokens for them.</summary>
    /// <param name="calls">How many.</param>
    public void ReturnCalls(int calls)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(calls);
        lock (_gate)
        {
            _calls.Use(-calls);
        }
    }

    /// <summary>
    /// Sets tokens aside for calls that start now, so that calls in flight together stay inside the token limit. Waits for calls in flight where the rest does not pay for these.
    /// </summary>
    /// <param name="request">How many calls, what they read and are to write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The output limit of each call, at least 1, or null when neither the caller nor the budget sets one. Every call ends its own with <see cref="Settle"/>.</returns>
    /// <exception cref="BudgetExceededException">The prompt alone needs more tokens than are left: a one-word answer would help nobody.</exception>
    public ValueTask<TokenReservation> ReserveAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Calls);
        ArgumentOutOfRangeException.ThrowIfNegative(request.Together);
        if (Limits.Tokens is null)
        {
            return ValueTask.FromResult(new TokenReservation(request.Asked));
        }

        lock (_gate)
        {
            TokenQueue queue = _forTokens._queue!;
            bool? granted = queue.TryReserve(request, out TokenReservation reservation);
            if (granted is not null)
            {
                return granted.Value ? ValueTask.FromResult(reservation) : WaitAsync(queue.Enqueue(request), cancellationToken);
            }
        }

        throw Refuse(StoppedBecause.Tokens);
    }

    /// <summary>Ends a call: gives back what was set aside for it and charges what it used; exceeding a limit ends the work that the limit is for.</summary>
    /// <param name="reservation">What was set aside; default for nothing.</param>
    /// <param name="promptTokens">Tokens read.</param>
    /// <param name="completionTokens">Tokens written.</param>
    /// <param name="prices">What they cost.</param>
    public void Settle(TokenReservation reservation, long promptTokens, long completionTokens, TokenPrices prices = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(completionTokens);
        BudgetMeter? exceeded = null;
        StoppedBecause reached = StoppedBecause.Completed;
        lock (_gate)
        {
            if (reservation.Held > 0)
            {
                _forTokens._queue!.End(reservation);
            }

            _tokens.Use(promptTokens + completionTokens);
            _cost.Use(prices.Of(promptTokens, completionTokens));
            for (BudgetMeter? meter = this; meter is not null; meter = meter._whole)
            {
                meter._promptTokens += promptTokens;
                meter._completionTokens += completionTokens;

                // Exactly at the limit nothing in flight has overdrawn yet; the next call will be refused. Of several limits the outermost decides.
                StoppedBecause here = meter._tokens.Used > meter._own.Tokens ? StoppedBecause.Tokens : meter._cost.Used > meter._own.Cost ? StoppedBecause.Cost : StoppedBecause.Completed;
                if (here != StoppedBecause.Completed)
                {
                    (exceeded, reached) = (meter, here);
                }
            }

            _forTokens._queue?.Advance();
        }

        exceeded?.Stop(reached);
    }

    /// <summary>Ends the work: the first reason stays.</summary>
    /// <param name="reason">Why.</param>
    public void Stop(StoppedBecause reason)
    {
        IStopListener? listener;
        lock (_gate)
        {
            if (_reason != StoppedBecause.Completed || reason == StoppedBecause.Completed)
            {
                return;
            }

            _reason = reason;
            listener = _listener;
        }

        listener?.Stopped(reason);

        // Callbacks run on the pool: one that throws must end neither a timer thread nor the call that hit the limit.
        _ = _stopping.CancelAsync();
    }

    /// <summary>Names who hears that this budget itself was stopped, at once where it was already. It must be quick and must not throw.</summary>
    /// <param name="listener">Who hears it.</param>
    internal void Listen(IStopListener listener)
    {
        StoppedBecause reason;
        lock (_gate)
        {
            _listener = listener;
            reason = _reason;
        }

        if (reason != StoppedBecause.Completed)
        {
            listener.Stopped(reason);
        }
    }

    /// <summary>Creates the error that says which limit ended the work and how to raise it, for a call that is refused or cut off.</summary>
    public BudgetExceededException Exceeded() => Exceeded(Reason);

    /// <summary>Stops the clock and gives a part's rest back. The stopping token stays readable, as calls in flight may still hold it.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        _wholeStops.Dispose();
        if (_whole is null)
        {
            return;
        }

        lock (_gate)
        {
            _calls.Close();
            _tokens.Close();
            _cost.Close();
            _whole._forTokens._queue?.Advance();
        }
    }

    private async ValueTask<TokenReservation> WaitAsync(TokenQueue.Waiter waiter, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (state, token) => ((TokenQueue.Waiter)state!).TrySetCanceled(token), waiter))
        {
            return await waiter.Task.ConfigureAwait(false) ?? throw Refuse(StoppedBecause.Tokens);
        }
    }

    // What is promised to others is not used up: then this call is refused, but they go on.
    private BudgetExceededException Refuse(StoppedBecause reached)
    {
        BudgetMeter owner = reached switch
        {
            StoppedBecause.Calls => _forCalls,
            StoppedBecause.Tokens => _forTokens,
            StoppedBecause.Cost => _forCost,
            StoppedBecause.Duration => _forTime,
            _ => this,
        };
        bool usedUp;
        lock (_gate)
        {
            usedUp = reached switch
            {
                StoppedBecause.Calls => !owner._calls.HasPromises,
                StoppedBecause.Tokens => !owner._tokens.HasPromises,
                StoppedBecause.Cost => !owner._cost.HasPromises,
                _ => true,
            };
        }

        if (usedUp)
        {
            owner.Stop(reached);
        }

        return Exceeded(reached);
    }

    private BudgetExceededException Exceeded(StoppedBecause reason)
    {
        lock (_gate)
        {
            // Up to the budget whose limit it was.
            for (BudgetMeter? meter = this; meter is not null; meter = meter._reason == StoppedBecause.Completed ? meter._whole : null)
            {
                meter._refused = true;
            }
        }

        BudgetUsage used = Used;
        return new BudgetExceededException(reason, reason switch
        {
            StoppedBecause.Tokens => $"The budget of {Limits.Tokens} tokens is used up ({used.Tokens} used). Raise the token budget.",
            StoppedBecause.Calls => $"The budget of {Limits.Calls} model calls is used up ({used.Calls} used). Raise the call budget.",
            StoppedBecause.Duration => $"The time budget of {Limits.Duration?.TotalSeconds:0.###} s is used up. Raise the time budget.",
            StoppedBecause.Cost => $"The cost budget of {Limits.Cost} is used up ({used.Cost} spent). Raise the cost budget.",
            _ => "The request was cancelled.",
        });
    }

    private StoppedBecause Reached(bool outOfCalls) =>
        ReasonHere != StoppedBecause.Completed ? ReasonHere
        : Limits.Duration is { } duration && _time.GetElapsedTime(_forTime._started) >= duration ? StoppedBecause.Duration
        : outOfCalls ? StoppedBecause.Calls
        : _forTokens._tokens.Used >= _forTokens._own.Tokens ? StoppedBecause.Tokens
        : _forCost._cost.Used > 0 && _cost.Free <= 0 ? StoppedBecause.Cost
        : StoppedBecause.Completed;
}
