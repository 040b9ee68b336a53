namespace Agents.Runtime.Budgets;

/// <summary>
/// Sets tokens aside for calls in flight under one token limit, so that calls which run at the same time cannot overdraw it together. A call that what is left does not pay for
/// waits, in order of arrival, until those in flight have ended. Not thread-safe: the meters of a request share a lock.
/// </summary>
internal sealed class TokenQueue(Allowance<long> tokens)
{
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly List<BudgetCaller> _readers = [];
    private int _inFlight;

    /// <summary>Sets tokens aside.</summary>
    /// <param name="request">The calls.</param>
    /// <param name="reservation">What was set aside.</param>
    /// <returns>True with a reservation; false when the call is to wait; null when nothing is left to wait for.</returns>
    public bool? TryReserve(in TokenRequest request, out TokenReservation reservation)
    {
        if (_waiting.Count > 0 && request.Together == 0 && CanWait(request.Caller))
        {
            reservation = default;
            return false;
        }

        return Grant(request, out reservation);
    }

    /// <summary>Lines a call up.</summary>
    /// <param name="request">The calls.</param>
    /// <returns>Completes with the reservation, or with null where nothing is left.</returns>
    public Waiter Enqueue(in TokenRequest request)
    {
        var waiter = new Waiter(request);
        _waiting.AddLast(waiter);
        return waiter;
    }

    /// <summary>Ends a reservation; what the call used is charged apart from this.</summary>
    /// <param name="reservation">The reservation.</param>
    public void End(in TokenReservation reservation)
    {
        tokens.Release(reservation.Held);
        _inFlight--;
        if (reservation.Caller is { } reader)
        {
            _readers.Remove(reader);
        }
    }

    /// <summary>Starts the calls that can now be paid for, and refuses those that nothing is left for.</summary>
    public void Advance()
    {
        while (_waiting.First?.Value is { } first)
        {
            if (first.Task.IsCompleted)
            {
                _waiting.RemoveFirst();
                continue;
            }

            bool? granted = Grant(first.Request, out TokenReservation reservation);
            if (granted == false)
            {
                return;
            }

            _waiting.RemoveFirst();
            if (!first.TrySetResult(granted is null ? null : reservation) && granted is not null)
            {
                // Cancelled a moment ago: nobody will use it.
                for (int call = 0; call < first.Request.Calls; call++)
                {
                    End(reservation);
                }
            }
        }
    }

    private bool? Grant(in TokenRequest request, out TokenReservation reservation)
    {
        long free = tokens.Free ?? long.MaxValue;
        long each = (free / Math.Max(1, request.Together) / request.Calls) - request.PromptTokens;
        bool enough = request.Asked is { } asked ? each >= asked : _inFlight == 0;
        if (each < 1 || (!enough && request.Together == 0))
        {
            if (_inFlight > 0 && CanWait(request.Caller))
            {
                reservation = default;
                return false;
            }

            if (each < 1)
            {
                reservation = default;
                return null;
            }
        }

        int limit = (int)Math.Min(request.Asked ?? int.MaxValue, each);
        BudgetCaller? reader = request.Streams ? request.Caller : null;
        reservation = new TokenReservation(limit, request.PromptTokens + limit, reader);
        tokens.Promise(reservation.Held * request.Calls);
        _inFlight += request.Calls;
        if (reader is not null)
        {
            _readers.Add(reader);
        }

        return true;
    }

    // A stream ends when its reader goes on, and the reader may be the one who waits here, or lie around it.
    private bool CanWait(BudgetCaller? caller)
    {
        int blocked = 0;
        foreach (BudgetCaller reader in _readers)
        {
            blocked += caller is null || caller.IsWithin(reader) ? 1 : 0;
        }

        return _inFlight > blocked;
    }

    /// <summary>A call in the line.</summary>
    internal sealed class Waiter(TokenRequest request) : TaskCompletionSource<TokenReservation?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        /// <summary>Gets the calls.</summary>
        public TokenRequest Request { get; } = request;
    }
}
