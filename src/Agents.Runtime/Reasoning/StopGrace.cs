namespace Agents.Runtime.Reasoning;

/// <summary>The time that a strategy has to end after it was cancelled. Costs a timer only where one is.</summary>
/// <param name="grace">The time.</param>
/// <param name="time">The clock.</param>
internal sealed class StopGrace(TimeSpan grace, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _elapsed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private bool _ended;

    /// <summary>Gets the task that completes when the grace is over; never where the work ended before.</summary>
    public Task Elapsed => _elapsed.Task;

    /// <summary>Starts the grace, once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _timer ??= time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), _elapsed, grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Says that the work has ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _timer?.Dispose();
        }
    }
}
