using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Agents.Numerics.Threading;

/// <summary>One slot for a run that several threads work on. Slots are reused; a thread may touch the fields only between a successful <see cref="TryEnter"/> and <see cref="Leave"/>.</summary>
internal sealed unsafe class ComputeJob
{
    private const int JoinSpins = 200;
    private const int JoinYields = 20;
    private const int JoinParkMilliseconds = 1;

    private readonly object _left = new();
    private Counters _counters;
    private delegate*<void*, int, int, void> _invoke;
    private void* _body;
    private ExceptionDispatchInfo? _error;

    /// <summary>Gets the lane of the present run.</summary>
    public ComputeLane Lane { get; private set; }

    /// <summary>Gets a value indicating whether chunks are left to hand out.</summary>
    public bool HasChunks => Volatile.Read(ref _counters.Open) != 0 && Volatile.Read(ref _counters.Left) is var left && (int)left < (int)(left >> 32);

    /// <summary>Takes the slot for a caller.</summary>
    public bool TryRent() => Volatile.Read(ref _counters.Rented) == 0 && Interlocked.CompareExchange(ref _counters.Rented, 1, 0) == 0;

    /// <summary>Publishes a run in the rented slot.</summary>
    public void Open(delegate*<void*, int, int, void> invoke, void* body, int chunks, ComputeLane lane)
    {
        _invoke = invoke;
        _body = body;
        _error = null;
        Lane = lane;
        Volatile.Write(ref _counters.Left, (long)chunks << 32);
        Volatile.Write(ref _counters.Open, 1);
    }

    /// <summary>Joins the run as a worker, unless it is closed.</summary>
    public bool TryEnter()
    {
        // The increment is a full fence: either this thread sees the slot closed, or Close sees this thread inside.
        Interlocked.Increment(ref _counters.Inside);
        if (Volatile.Read(ref _counters.Open) != 0)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Leaves the run; wakes the caller when it waits for the last worker.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _counters.Inside) == 0 && Volatile.Read(ref _counters.Joining) != 0)
        {
            lock (_left)
            {
                Monitor.Pulse(_left);
            }
        }
    }

    /// <summary>Runs one chunk; false when none is left. A failing chunk ends the run.</summary>
    public bool TryExecute(int worker)
    {
        if (!TryTake(fromFront: worker == 0, out int chunk))
        {
            return false;
        }

        try
        {
            _invoke(_body, chunk, worker);
        }
#pragma warning disable CA1031 // Whatever the body throws belongs to the caller, which rethrows it in Close.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(exception), null);
            Cancel();
        }

        return true;
    }

    /// <summary>Hands out no more chunks.</summary>
    public void Cancel() => Interlocked.Exchange(ref _counters.Left, 0);

    /// <summary>Waits for the workers inside, gives the slot back and rethrows the first error of a chunk.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _counters.Open, 0);
        bool interrupted = false;
        for (int spin = 0; Volatile.Read(ref _counters.Inside) != 0; spin++)
        {
            if (spin < JoinSpins)
            {
                Thread.SpinWait(2);
            }
            else if (spin < JoinSpins + JoinYields)
            {
                // The worker may have lost its core to another process: offer ours.
                Thread.Yield();
            }
            else
            {
                Interlocked.Exchange(ref _counters.Joining, 1);
                interrupted |= !TryWait();
            }
        }

        Volatile.Write(ref _counters.Joining, 0);
        ExceptionDispatchInfo? error = _error;
        _error = null;
        _body = null;
        Volatile.Write(ref _counters.Rented, 0);
        if (interrupted)
        {
            Thread.CurrentThread.Interrupt();
        }

        error?.Throw();
    }

    // The body lives on the caller's stack, so not even an interrupt may end the wait: it is raised again afterwards.
    private bool TryWait()
    {
        try
        {
            lock (_left)
            {
                if (Volatile.Read(ref _counters.Inside) != 0)
                {
                    Monitor.Wait(_left, JoinParkMilliseconds);
                }
            }

            return true;
        }
        catch (ThreadInterruptedException)
        {
            return false;
        }
    }

    // The caller takes chunks from the front and workers take them from the back, so that with repeated runs over the same data (weights) a core
    // finds most of its share in its own cache.
    private bool TryTake(bool fromFront, out int chunk)
    {
        long left = Volatile.Read(ref _counters.Left);
        while (true)
        {
            int front = (int)left;
            int back = (int)(left >> 32);
            if (front >= back)
            {
                chunk = -1;
                return false;
            }

            long rest = fromFront ? left + 1 : left - (1L << 32);
            long seen = Interlocked.CompareExchange(ref _counters.Left, rest, left);
            if (seen == left)
            {
                chunk = fromFront ? front : back - 1;
                return true;
            }

            left = seen;
        }
    }

    // Each contended counter has its own pair of cache lines (processors prefetch lines in pairs).
    [StructLayout(LayoutKind.Explicit, Size = 640)]
    private struct Counters
    {
        [FieldOffset(128)]
        public long Left;

        [FieldOffset(256)]
        public int Inside;

        [FieldOffset(384)]
        public int Open;

        [FieldOffset(388)]
        public int Rented;

        [FieldOffset(392)]
        public int Joining;
    }
}
