using System.Diagnostics;

namespace Agents.Numerics.Threading;

/// <summary>One thread of a <see cref="ComputePool"/>: works, spins, parks.</summary>
internal sealed class PoolWorker : IDisposable
{
    private const int PausesPerPoll = 2;
    private const int PollsPerClock = 8;

    private readonly ComputePool _pool;
    private readonly int _index;
    private readonly long _longSpin;
    private readonly long _shortSpin;
    private readonly long _contended;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private int _parked;
    private long _spin;

    /// <summary>Creates a worker that is not running yet.</summary>
    /// <param name="pool">Where the work comes from.</param>
    /// <param name="index">Worker index, from 1.</param>
    /// <param name="spinTicks">Longest time to spin, in ticks of <see cref="Stopwatch"/>.</param>
    public PoolWorker(ComputePool pool, int index, long spinTicks)
    {
        _pool = pool;
        _index = index;
        _longSpin = spinTicks;
        _shortSpin = spinTicks / 16;
        _contended = Stopwatch.Frequency / 100_000;
        _spin = spinTicks;
        _thread = new Thread(Loop) { IsBackground = true, Name = $"compute {index}" };
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Wakes the thread if it is parked.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _parked) != 0 && Interlocked.Exchange(ref _parked, 0) != 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Wakes the thread and waits for its end. The pool must be stopping.</summary>
    public void Dispose()
    {
        Wake();
        _thread.Join();
        _wake.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            int announcements = _pool.Announcements;
            if (_pool.IsStopping)
            {
                return;
            }

            if (!_pool.Help(_index))
            {
                Await(announcements);
            }
        }
    }

    private void Await(int announcements)
    {
        long start = Stopwatch.GetTimestamp();
        if (Spin(announcements, start))
        {
            _spin = _longSpin;
            return;
        }

        Interlocked.Exchange(ref _parked, 1);
        if (_pool.Announcements == announcements)
        {
            _wake.Wait();
        }
        else if (Interlocked.Exchange(ref _parked, 0) == 0)
        {
            // Somebody wakes this thread just now: take the signal, or the next park would end at once.
            _wake.Wait();
        }

        // Spin long the next time only if that would have bridged this pause.
        _spin = Stopwatch.GetTimestamp() - start < _longSpin ? _longSpin : _shortSpin;
    }

    /// <summary>Polls until there is news (true), or the time is up or the core is wanted by others (false).</summary>
    private bool Spin(int announcements, long start)
    {
        long limit = _spin;
        bool probed = false;
        while (true)
        {
            for (int poll = 0; poll < PollsPerClock; poll++)
            {
                if (_pool.Announcements != announcements)
                {
                    return true;
                }

                Thread.SpinWait(PausesPerPoll);
            }

            long elapsed = Stopwatch.GetTimestamp() - start;
            if (elapsed >= limit)
            {
                return false;
            }

            if (!probed && elapsed >= limit / 4)
            {
                probed = true;
                Thread.Yield();
                if (Stopwatch.GetTimestamp() - start - elapsed > _contended)
                {
                    // The core went to another thread: there is none to spare for waiting.
                    return _pool.Announcements != announcements;
                }
            }
        }
    }
}
