namespace Agents.Models.Serving;

/// <summary>One request as the scheduler sees it: sequences that wait to be started, and running ones. Only the scheduler's thread touches it, except where noted.</summary>
internal abstract class EngineJob
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<BatchSequence> _suspended = [];

    /// <summary>Gets the sequences that hold keys and values, oldest first.</summary>
    public List<BatchSequence> Live { get; } = [];

    /// <summary>Gets the prefixes that sequences of this request share.</summary>
    public List<SharedPrefix> Shared { get; } = [];

    /// <summary>Gets or sets the place in the order of arrivals.</summary>
    public long Arrival { get; set; }

    /// <summary>Gets or sets whether the request has left the queue at least once.</summary>
    public bool Admitted { get; set; }

    /// <summary>Gets or sets the prefill tokens that the request may still feed in its turn.</summary>
    public int Deficit { get; set; }

    /// <summary>Gets or sets where the round over <see cref="Live"/> goes on.</summary>
    public int Cursor { get; set; }

    /// <summary>Gets or sets how many of <see cref="Live"/> were looked at for the present batch.</summary>
    public int Visited { get; set; }

    /// <summary>Gets whether a sequence waits to be started.</summary>
    public bool HasWaiting => _suspended.Count > 0 || HasUnstarted;

    /// <summary>Gets whether everything is done.</summary>
    public bool IsDone => Live.Count == 0 && _suspended.Count == 0 && !HasUnstarted;

    /// <summary>Gets whether the reader is so far behind that nothing may be produced.</summary>
    public virtual bool IsPaused => false;

    /// <summary>Gets a task that ends, always successfully, once the request holds neither a slot nor a page. Any thread.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Gets whether <see cref="End"/> was called. Any thread.</summary>
    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>Gets the error with which cancellation ends the request. Any thread sets it before it cancels.</summary>
    public OperationCanceledException? Cancellation { get; set; }

    protected abstract bool HasUnstarted { get; }

    /// <summary>Returns the sequence to start next; it stays next until it was taken.</summary>
    public BatchSequence Peek() => _suspended.TryPeek(out BatchSequence? sequence) ? sequence : PeekUnstarted();

    /// <summary>Removes the sequence that <see cref="Peek"/> returned.</summary>
    public void Take()
    {
        if (!_suspended.TryPop(out _))
        {
            TakeUnstarted();
        }

    }

    /// <summary>Takes back a sequence that lost its keys and values; it is started again before any other.</summary>
    public void Suspend(BatchSequence sequence) => _suspended.Push(sequence);

    /// <summary>Ends the request. Everything it held was released.</summary>
    /// <param name="error">Why it failed; null when it is done.</param>
    public void End(Exception? error)
    {
        _suspended.Clear();
        Deliver(error);
        _ended.TrySetResult();
    }

    protected abstract BatchSequence PeekUnstarted();

    protected abstract void TakeUnstarted();

    /// <summary>Tells the caller of the request.</summary>
    protected abstract void Deliver(Exception? error);
}
