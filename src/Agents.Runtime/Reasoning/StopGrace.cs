namespace Agents.Runtime.Reasoning;

/// <summary>The time that a strategy has to end after it was cancelled. Costs a timer only where one is.</summary>
/// <param name="grace">The time.</param>
/// <param name="time">The clock.</param>
internal sealed class StopGrace(TimeSpan grace, TimeProvider time) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IDisposable
{
    private const int Started = 1;
    private const int Ended = 2;
    private ITimer? _timer;
    private int _state;

    /// <summary>Gets the task that completes when the grace is over; never where the work ended before.</summary>
    public Task Elapsed => Task;

    /// <summary>Starts the grace, once.</summary>
    public void Start()
    {
        if (Interlocked.CompareExchange(ref _state, Started, 0) != 0)
        {
            return;
        }

        ITimer timer = time.CreateTimer(static state => ((StopGrace)state!).TrySetResult(), this, grace, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _timer, timer);
        if (Volatile.Read(ref _state) == Ended)
        {
            timer.Dispose();
        }
    }

    /// <summary>Says that the work has ended.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _state, Ended);
        Volatile.Read(ref _timer)?.Dispose();
    }
}
