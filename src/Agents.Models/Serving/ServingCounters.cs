namespace Agents.Models.Serving;

/// <summary>Counts for <see cref="ServingStatistics"/>. The engine's thread writes; others read numbers that may be a step old, but never torn.</summary>
internal sealed class ServingCounters
{
    private int _queued;
    private int _running;
    private int _live;
    private int _waiting;
    private long _pages;
    private long _completed;
    private long _cancelled;
    private long _failed;
    private long _hits;
    private long _reused;
    private long _prompt;
    private long _batches;
    private long _rows;

    public long PageCapacity { get; set; }

    public long PageBytes { get; set; }

    public long Generated { get; set; }

    public long Drafted { get; set; }

    public long AcceptedDrafts { get; set; }

    public long Suspensions { get; set; }

    /// <summary>Gets or sets the time spent on requests, in ticks of 100 ns.</summary>
    public long BusyTicks { get; set; }

    /// <summary>Counts a request that is about to be submitted. Any thread.</summary>
    /// <param name="limit">Largest number of waiting requests.</param>
    /// <returns>False when as many are waiting already.</returns>
    public bool TryEnterQueue(int limit)
    {
        if (Interlocked.Increment(ref _waiting) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _waiting);
        return false;
    }

    public void LeftQueue() => Interlocked.Decrement(ref _waiting);

    public void Pages(long used) => Volatile.Write(ref _pages, used);

    public void State(int queued, int running, int live)
    {
        Volatile.Write(ref _queued, queued);
        Volatile.Write(ref _running, running);
        Volatile.Write(ref _live, live);
    }

    public void Started(int tokens, int reused)
    {
        _prompt += tokens;
        _reused += reused;
        _hits += reused > 0 ? 1 : 0;
    }

    public void Batch(int rows)
    {
        _batches++;
        _rows += rows;
    }

    public void Ended(Exception? error)
    {
        _ = error switch
        {
            null => _completed++,
            OperationCanceledException => _cancelled++,
            _ => _failed++,
        };
    }

    /// <summary>Returns the counts. Any thread.</summary>
    public ServingStatistics Snapshot() => new()
    {
        QueuedRequests = Math.Max(Volatile.Read(ref _queued), Volatile.Read(ref _waiting)),
        RunningRequests = Volatile.Read(ref _running),
        RunningSequences = Volatile.Read(ref _live),
        PagesUsed = Volatile.Read(ref _pages),
        PageCapacity = PageCapacity,
        PageBytes = PageBytes,
        CompletedRequests = _completed,
        CancelledRequests = _cancelled,
        FailedRequests = _failed,
        PrefixHits = _hits,
        ReusedTokens = _reused,
        PromptTokens = _prompt,
        GeneratedTokens = Generated,
        DraftedTokens = Drafted,
        AcceptedDrafts = AcceptedDrafts,
        Suspensions = Suspensions,
        Batches = _batches,
        Rows = _rows,
        BusyTime = TimeSpan.FromTicks(BusyTicks),
    };
}
