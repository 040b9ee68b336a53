namespace Agents.Models.Serving;

/// <summary>
/// The thread on which a model works. It steps while there is something to do, then waits to be woken, and ends after a while without work; the next request starts
/// a new one. So an idle model holds no thread.
/// </summary>
internal sealed class EngineLoop : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly BatchScheduler _scheduler;
    private readonly int _queueLimit;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private Thread? _thread;
    private bool _awake;
    private bool _stopping;

    public EngineLoop(BatchScheduler scheduler, int queueLimit, TimeProvider time)
    {
        _scheduler = scheduler;
        _queueLimit = queueLimit;
        _time = time;
    }

    /// <summary>Hands a request over. Any thread.</summary>
    /// <exception cref="QueueFullException">Too many requests wait.</exception>
    /// <exception cref="ObjectDisposedException">The engine has ended.</exception>
    public void Submit(EngineJob job)
    {
        if (!_scheduler.Counters.TryEnterQueue(_queueLimit))
        {
            throw new QueueFullException(
                $"{_queueLimit} requests wait for the model already. Try again later, send fewer at a time, or raise {nameof(Decoder.DecoderModelOptions)}.{nameof(Decoder.DecoderModelOptions.MaximumQueuedRequests)}.");
        }

        lock (_gate)
        {
            if (_stopping)
            {
                _scheduler.Counters.LeftQueue();
                throw new ObjectDisposedException(nameof(EngineLoop));
            }

            _scheduler.Submit(job);
            WakeLocked();
        }
    }

    /// <summary>Ends a request within one step; its <see cref="EngineJob.Ended"/> tells when. Any thread.</summary>
    public void Cancel(EngineJob job)
    {
        if (!job.HasEnded)
        {
            _scheduler.Cancel(job);
            Wake();
        }
    }

    /// <summary>Frees the prefixes that were computed with an adapter, with the next step. Any thread.</summary>
    /// <param name="adapterHash">Hash of an adapter that is unloaded.</param>
    public void Forget(string adapterHash)
    {
        _scheduler.Forget(adapterHash);
        Wake();
    }

    /// <summary>Says that there may be something to do. Any thread.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            WakeLocked();
        }
    }

    /// <summary>Ends all requests and waits until the thread is gone.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stopping = true;
            thread = _thread;
            Monitor.Pulse(_gate);
        }

        thread?.Join();
        _scheduler.EndAll(static job => job.Cancellation is { CancellationToken.IsCancellationRequested: true } cancelled
            ? cancelled
            : new OperationCanceledException("The model was disposed while the request was running."));
    }

    private void WakeLocked()
    {
        _awake = true;
        if (_thread is not null)
        {
            Monitor.Pulse(_gate);
        }
        else if (!_stopping)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "Agents engine" };
            _thread.Start();
        }
    }

    private void Run()
    {
        while (WaitForWork())
        {
            try
            {
                long start = _time.GetTimestamp();
                while (!Volatile.Read(ref _stopping) && _scheduler.Step())
                {
                    long end = _time.GetTimestamp();
                    _scheduler.Counters.BusyTicks += _time.GetElapsedTime(start, end).Ticks;
                    start = end;
                }
            }
            catch (Exception error)
            {
                // A defect of the scheduler itself: nobody may be left waiting for an answer that never comes.
                _scheduler.EndAll(_ => error);
            }
        }
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            while (!_awake && !_stopping)
            {
                if (!Monitor.Wait(_gate, Linger) && !_awake && !_stopping)
                {
                    _thread = null;
                    return false;
                }
            }

            _awake = false;
            return !_stopping;
        }
    }
}
