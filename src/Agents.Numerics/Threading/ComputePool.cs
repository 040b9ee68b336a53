using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Agents.Numerics.Threading;

/// <summary>
/// The threads that all kernels share. A run splits its work into chunks; the caller takes chunks from the front and the workers from the back until none is left.
/// A run allocates nothing. Any number of callers may run at the same time; a run inside a chunk of the same pool executes on the spot.
/// </summary>
/// <remarks>
/// Idle workers spin for at most <see cref="ComputePoolOptions.Spin"/> and then park. They spin only briefly when the last pause was longer than that,
/// or when giving up the core for a moment shows that another thread wants it.
/// </remarks>
public sealed unsafe class ComputePool : IDisposable
{
    /// <summary>Largest accepted thread count.</summary>
    public const int MaximumThreads = 1024;

    private const int JobSlots = 16;
    private const int QuietMilliseconds = 1;

    [ThreadStatic]
    private static ComputePool? t_running;

    [ThreadStatic]
    private static int t_worker;

    private readonly ComputeJob[] _jobs = new ComputeJob[JobSlots];
    private readonly PoolWorker[] _workers;
    private long _foregroundEntered;
    private long _foregroundLeft;
    private long _quietAt;
    private int _announcements;
    private volatile bool _stopping;

    /// <summary>Starts the workers.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ComputePool(ComputePoolOptions? options = null)
    {
        options ??= new ComputePoolOptions();
        options.Validate();
        Threads = options.Threads > 0
            ? options.Threads
            : ProcessorTopology.PhysicalCores("/sys/devices/system/cpu", Environment.ProcessorCount);
        for (int slot = 0; slot < JobSlots; slot++)
        {
            _jobs[slot] = new ComputeJob();
        }

        long spinTicks = (long)(options.Spin.TotalSeconds * Stopwatch.Frequency);
        _workers = new PoolWorker[Threads - 1];
        for (int index = 0; index < _workers.Length; index++)
        {
            _workers[index] = new PoolWorker(this, index + 1, spinTicks);
        }

        foreach (PoolWorker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>Gets the number of threads that work on one run, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Gets a value indicating whether workers should end.</summary>
    internal bool IsStopping => _stopping;

    /// <summary>Gets a number that changes when there may be new work.</summary>
    internal int Announcements => Volatile.Read(ref _announcements);

    private bool IsQuiet => Volatile.Read(ref _foregroundEntered) == Volatile.Read(ref _quietAt);

    /// <summary>Returns the pool as one lane sees it.</summary>
    /// <param name="lane">Lane of all runs started through the result.</param>
    public LaneRunner Lane(ComputeLane lane) => new(this, lane);

    /// <summary>Runs a body in the foreground lane; see <see cref="Run{TBody}(ComputeLane, ref TBody, int)"/>.</summary>
    /// <typeparam name="TBody">Type of the body.</typeparam>
    /// <param name="body">Arguments and code.</param>
    /// <param name="chunks">Number of chunks.</param>
    public void Run<TBody>(ref TBody body, int chunks)
        where TBody : struct, IComputeBody => Run(ComputeLane.Foreground, ref body, chunks);

    /// <summary>Runs every chunk exactly once and returns when all are done. Results of the chunks are visible to the caller.</summary>
    /// <remarks>
    /// A background run waits before it starts, and between chunks, while foreground runs are active or ended less than a millisecond ago;
    /// so split background work into chunks of at most a millisecond.
    /// </remarks>
    /// <typeparam name="TBody">Type of the body.</typeparam>
    /// <param name="lane">Who is served first.</param>
    /// <param name="body">Arguments and code. All chunks see one copy of it, which is written back at the end.</param>
    /// <param name="chunks">Number of chunks; 0 does nothing. One chunk runs on the calling thread.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of chunks is negative.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public void Run<TBody>(ComputeLane lane, ref TBody body, int chunks)
        where TBody : struct, IComputeBody
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (ReferenceEquals(t_running, this))
        {
            RunInline(ref body, chunks, t_worker);
            return;
        }

        if (lane == ComputeLane.Foreground)
        {
            Interlocked.Increment(ref _foregroundEntered);
        }
        else
        {
            WaitUntilQuiet();
        }

        ComputePool? outer = t_running;
        int outerWorker = t_worker;
        t_running = this;
        t_worker = 0;
        try
        {
            if (chunks > 1 && RentJob() is { } job)
            {
                // The body must not move while other threads hold its address; this copy is on the stack and never does.
                TBody pinned = body;
                RunShared(job, lane, &Invoke<TBody>, Unsafe.AsPointer(ref pinned), chunks);
                body = pinned;
            }
            else if (lane == ComputeLane.Foreground)
            {
                RunInline(ref body, chunks, 0);
            }
            else
            {
                for (int chunk = 0; chunk < chunks; chunk++)
                {
                    WaitUntilQuiet();
                    body.Execute(chunk, 0);
                }
            }
        }
        finally
        {
            t_running = outer;
            t_worker = outerWorker;
            if (lane == ComputeLane.Foreground)
            {
                Interlocked.Increment(ref _foregroundLeft);
            }
        }
    }

    /// <summary>Ends the workers and waits for them. Runs in progress are finished by their callers.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        Interlocked.Increment(ref _announcements);
        foreach (PoolWorker worker in _workers)
        {
            worker.Dispose();
        }
    }

    /// <summary>Lets a worker take chunks of all open runs, foreground first. Returns whether it did anything.</summary>
    internal bool Help(int worker)
    {
        t_running = this;
        t_worker = worker;
        bool worked = Help(worker, ComputeLane.Foreground);
        while (IsQuiet && Help(worker, ComputeLane.Background))
        {
            worked = true;
        }

        return worked;
    }

    private static void Invoke<TBody>(void* body, int chunk, int worker)
        where TBody : struct, IComputeBody => Unsafe.AsRef<TBody>(body).Execute(chunk, worker);

    private static void RunInline<TBody>(ref TBody body, int chunks, int worker)
        where TBody : struct, IComputeBody
    {
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            body.Execute(chunk, worker);
        }
    }

    private bool Help(int worker, ComputeLane lane)
    {
        bool worked = false;
        for (int offset = 0; offset < JobSlots; offset++)
        {
            ComputeJob job = _jobs[offset];
            if (!job.HasChunks || !job.TryEnter())
            {
                continue;
            }

            if (job.Lane == lane)
            {
                while ((lane == ComputeLane.Foreground || IsQuiet) && job.TryExecute(worker))
                {
                    worked = true;
                }
            }

            job.Leave();
        }

        return worked;
    }

    private ComputeJob? RentJob()
    {
        if (_workers.Length == 0)
        {
            return null;
        }

        foreach (ComputeJob job in _jobs)
        {
            if (job.TryRent())
            {
                return job;
            }
        }

        return null;
    }

    private void RunShared(ComputeJob job, ComputeLane lane, delegate*<void*, int, int, void> invoke, void* body, int chunks)
    {
        job.Open(invoke, body, chunks, lane);
        try
        {
            Announce(chunks - 1);
            do
            {
                if (lane == ComputeLane.Background && !IsQuiet)
                {
                    // Workers left the run for the foreground and look again only when told.
                    WaitUntilQuiet();
                    Announce(chunks - 1);
                }
            }
            while (job.TryExecute(0));
        }
        finally
        {
            // Nothing is left here, unless this thread was interrupted while it waited.
            job.Cancel();
            job.Close();
        }
    }

    private void Announce(int useful)
    {
        Interlocked.Increment(ref _announcements);
        for (int index = 0; index < _workers.Length && useful > 0; index++)
        {
            // A spinning worker sees the announcement by itself; both kinds use up one chunk.
            _workers[index].Wake();
            useful--;
        }
    }

    // Polls on purpose: a signal would cost every foreground run a system call as long as background work waits.
    private void WaitUntilQuiet()
    {
        if (IsQuiet)
        {
            return;
        }

        while (true)
        {
            long left = Volatile.Read(ref _foregroundLeft);
            long entered = Volatile.Read(ref _foregroundEntered);
            Thread.Sleep(QuietMilliseconds);
            if (entered == left && entered == Volatile.Read(ref _foregroundEntered))
            {
                Volatile.Write(ref _quietAt, entered);
                return;
            }
        }
    }
}
