namespace Agents.Testing;

/// <summary>A clock that moves only when a test says so; timers fire inside <see cref="Advance"/>, in order of their due times. Thread-safe.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> _waits = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;
    private long _created;

    /// <summary>Creates a clock.</summary>
    /// <param name="start">First moment; null for 2000-01-01 UTC.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Gets the number of armed timers, for messages of failed tests and as a barrier.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _start + _elapsed;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes when a number of timers is armed: the fact to wait for before <see cref="Advance"/>.</summary>
    /// <param name="count">How many timers, at least.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForTimersAsync(int count, CancellationToken cancellationToken = default) =>
        WaitAsync(() => _timers.Count >= count, cancellationToken);

    /// <summary>Completes when a timer is armed that comes due a given time from now.</summary>
    /// <param name="delay">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForTimerDueAsync(TimeSpan delay, CancellationToken cancellationToken = default) =>
        WaitAsync(() => _timers.Any(timer => timer.Due == _elapsed + delay), cancellationToken);

    /// <summary>Moves the clock; every timer that comes due fires at its own moment, on this thread.</summary>
    /// <param name="by">How far, not negative.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target;
        lock (_gate)
        {
            target = _elapsed + by;
        }

        while (Next(target) is { } timer)
        {
            timer.Fire();
        }
    }

    private Task WaitAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (holds())
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((holds, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    private ManualTimer? Next(TimeSpan target)
    {
        lock (_gate)
        {
            ManualTimer? next = _timers.Where(timer => timer.Due <= target).OrderBy(timer => timer.Due).ThenBy(timer => timer.Order).FirstOrDefault();
            _elapsed = next is null ? target : next.Due > _elapsed ? next.Due : _elapsed;
            if (next is not null && !next.Repeat())
            {
                _timers.Remove(next);
            }

            return next;
        }
    }

    private void Arm(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            timer.Due = _elapsed + dueTime;
            timer.Order = _created++;
            _timers.Add(timer);
            foreach ((Func<bool> _, TaskCompletionSource reached) in _waits.Where(wait => wait.Holds()))
            {
                reached.TrySetResult();
            }

            _waits.RemoveAll(wait => wait.Reached.Task.IsCompleted);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan Due { get; set; }

        public long Order { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            clock.Arm(this, dueTime);
            return true;
        }

        public bool Repeat()
        {
            Due += _period > TimeSpan.Zero ? _period : TimeSpan.Zero;
            return _period > TimeSpan.Zero;
        }

        public void Fire() => callback(state);

        public void Dispose() => clock.Arm(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
