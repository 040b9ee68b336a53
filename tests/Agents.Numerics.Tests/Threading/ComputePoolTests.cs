using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Threading;

public sealed unsafe class ComputePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Run_AnyChunkCount_ExecutesEachChunkOnce(int threads)
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using AlignedBuffer<int> counts = new(1000);
        int expected = 0;
        for (int round = 0; round < 300; round++)
        {
            int chunks = round % 37 * (round % 5);
            CountBody body = new() { Counts = counts.Data, Threads = threads };

            pool.Run(ref body, chunks);

            expected += chunks;
            Assert.Equal(expected, Sum(counts));
        }

        counts.Clear();
        CountBody all = new() { Counts = counts.Data, Threads = threads };
        pool.Run(ref all, 1000);
        Assert.All(counts.Span.ToArray(), count => Assert.Equal(1, count));
    }

    [Fact]
    public void Run_OneChunk_StaysOnTheCallingThread()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 4 });
        ThreadBody body = default;

        pool.Run(ref body, 1);

        Assert.Equal(Environment.CurrentManagedThreadId, body.Thread);
    }

    [Fact]
    public void Run_BlockingChunks_UsesAllThreads()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 3 });
        using Barrier barrier = new(3);
        BarrierBody body = new() { Barrier = barrier };

        // Three chunks that wait for each other can end only on three threads.
        pool.Run(ref body, 3);

        Assert.Equal(0, barrier.ParticipantsRemaining % 3);
    }

    [Theory]
    [InlineData(ComputeLane.Foreground)]
    [InlineData(ComputeLane.Background)]
    public void Run_BodyThrows_RethrowsAndPoolStaysUsable(ComputeLane lane)
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        for (int round = 0; round < 20; round++)
        {
            ThrowingBody body = new() { At = round };
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => pool.Run(lane, ref body, 64));
            Assert.Equal($"chunk {round}", error.Message);
        }

        using AlignedBuffer<int> counts = new(64);
        CountBody after = new() { Counts = counts.Data, Threads = 2 };
        pool.Run(lane, ref after, 64);
        Assert.Equal(64, Sum(counts));
    }

    [Fact]
    public void Run_Inline_RethrowsAndPoolStaysUsable()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        ThrowingBody body = new() { At = 0 };
        Assert.Throws<InvalidOperationException>(() => pool.Run(ref body, 4));

        using AlignedBuffer<int> counts = new(4);
        CountBody after = new() { Counts = counts.Data, Threads = 1 };
        pool.Run(ComputeLane.Background, ref after, 4);
        Assert.Equal(4, Sum(counts));
    }

    [Theory]
    [InlineData(ComputeLane.Foreground, 1)]
    [InlineData(ComputeLane.Foreground, 2)]
    [InlineData(ComputeLane.Background, 1)]
    [InlineData(ComputeLane.Background, 2)]
    public void Run_Nested_RunsOnTheSpot(ComputeLane lane, int chunks)
    {
        // Two threads stay idle and would take chunks of a nested run that was offered to them.
        using ComputePool pool = new(new ComputePoolOptions { Threads = 4 });
        using AlignedBuffer<int> counts = new(chunks * 16);
        NestedBody body = new() { Pool = pool, Lane = lane, Counts = counts.Data };

        pool.Run(lane, ref body, chunks);

        Assert.All(counts.Span.ToArray(), count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(ComputeLane.Foreground)]
    [InlineData(ComputeLane.Background)]
    public void Run_ManyCallers_AllGetTheirOwnChunks(ComputeLane lane)
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 3 });
        int failures = 0;

        // More callers than job slots, so that the overflow path runs too.
        Thread[] callers = Enumerable.Range(0, 20).Select(caller => new Thread(() =>
        {
            using AlignedBuffer<int> counts = new(50);
            for (int round = 0; round < 200; round++)
            {
                counts.Clear();
                CountBody body = new() { Counts = counts.Data, Threads = 3 };
                pool.Run(lane, ref body, 50);
                if (counts.Span.ContainsAnyExcept(1))
                {
                    Interlocked.Increment(ref failures);
                }
            }
        })).ToArray();
        Array.ForEach(callers, thread => thread.Start());
        Array.ForEach(callers, thread => thread.Join());

        Assert.Equal(0, failures);
    }

    [Fact]
    public void Run_Repeated_AllocatesNothing()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        using AlignedBuffer<int> counts = new(16);
        CountBody body = new() { Counts = counts.Data, Threads = 2 };
        for (int round = 0; round < 200; round++)
        {
            pool.Run(ref body, 16);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 2000; round++)
        {
            pool.Run(ref body, 16);
            pool.Lane(ComputeLane.Foreground).Run(ref body, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Run_BackgroundWhileForegroundIsActive_WaitsAtTheNextChunk()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        using ManualResetEventSlim insideForeground = new();
        using ManualResetEventSlim endForeground = new();
        using ManualResetEventSlim backgroundStarted = new();
        StrongBox box = new();
        Thread foreground = new(() =>
        {
            GateBody gate = new() { Entered = insideForeground, Release = endForeground };
            pool.Run(ref gate, 1);
        });
        Thread background = new(() =>
        {
            SignalBody body = new() { Started = backgroundStarted, Box = box };
            pool.Run(ComputeLane.Background, ref body, 100);
        });

        foreground.Start();
        insideForeground.Wait(TestContext.Current.CancellationToken);
        background.Start();
        bool startedEarly = backgroundStarted.Wait(30, TestContext.Current.CancellationToken);
        endForeground.Set();
        background.Join();
        foreground.Join();

        Assert.False(startedEarly);
        Assert.Equal(100, box.Count);
    }

    [Fact]
    public void Run_ForegroundDuringBackground_PausesTheRemainingChunks()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim release = new();
        StrongBox box = new();
        Thread background = new(() =>
        {
            // Both threads block in their first chunk until the foreground run is under way.
            PausableBody body = new() { Entered = entered, Release = release, Box = box };
            pool.Run(ComputeLane.Background, ref body, 1000);
        });
        background.Start();
        entered.Wait(TestContext.Current.CancellationToken);
        ObserveBody observe = new() { Release = release, Box = box };

        pool.Run(ref observe, 1);
        background.Join();

        // While the foreground run was active at most the chunks already begun were finished.
        Assert.InRange(observe.During, 0, 2);
        Assert.Equal(1000, box.Count);
    }

    [Fact]
    public void Run_InterruptedWhileItWaits_ThrowsAndPoolStaysUsable()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2 });
        using ManualResetEventSlim insideForeground = new();
        using ManualResetEventSlim endForeground = new();
        StrongBox box = new();
        Thread foreground = new(() =>
        {
            GateBody gate = new() { Entered = insideForeground, Release = endForeground };
            pool.Run(ref gate, 1);
        });
        Thread background = new(() =>
        {
            ThreadBody body = default;
            Assert.Throws<ThreadInterruptedException>(() => pool.Run(ComputeLane.Background, ref body, 10));
            Interlocked.Increment(ref box.Count);
        });
        foreground.Start();
        insideForeground.Wait(TestContext.Current.CancellationToken);
        background.Start();

        background.Interrupt();
        background.Join();
        endForeground.Set();
        foreground.Join();

        using AlignedBuffer<int> counts = new(30);
        CountBody after = new() { Counts = counts.Data, Threads = 2 };
        pool.Run(ComputeLane.Background, ref after, 30);
        Assert.Equal(30, Sum(counts));
        Assert.Equal(1, box.Count);
    }

    [Fact]
    public void Dispose_EndsWorkersAndRefusesRuns()
    {
        ComputePool pool = new(new ComputePoolOptions { Threads = 3 });
        using AlignedBuffer<int> counts = new(8);
        CountBody body = new() { Counts = counts.Data, Threads = 3 };
        pool.Run(ref body, 8);

        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.Run(ref body, 8));
    }

    [Fact]
    public void Dispose_ManyPools_LeavesNoThreads()
    {
        System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        for (int round = 0; round < 50; round++)
        {
            using ComputePool pool = new(new ComputePoolOptions { Threads = 5 });
            Assert.Equal(5, pool.Threads);
        }

        process.Refresh();

        // 200 workers were started; a leak would leave them all.
        Assert.InRange(process.Threads.Count, 1, 150);
    }

    [Fact]
    public void Run_InvalidChunks_Throws()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        ThreadBody body = default;
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run(ref body, -1));
    }

    [Fact]
    public void Options_Invalid_ReportsAllFailures()
    {
        ComputePoolOptions options = new() { Threads = -1, Spin = TimeSpan.FromMilliseconds(1) };
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ComputePool(options));
        Assert.Contains("Threads is -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Spin is 1000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Default_UsesThePhysicalCores()
    {
        using ComputePool pool = new();
        Assert.InRange(pool.Threads, 1, Environment.ProcessorCount);
    }

    [Fact]
    public void Run_WithoutSpinning_StillServesEveryRun()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 2, Spin = TimeSpan.Zero });
        using Barrier barrier = new(2);
        BarrierBody body = new() { Barrier = barrier };
        for (int round = 0; round < 100; round++)
        {
            pool.Run(ref body, 2);
        }

        Assert.Equal(100, barrier.CurrentPhaseNumber);
    }

    private static int Sum(AlignedBuffer<int> counts)
    {
        int sum = 0;
        foreach (int count in counts.Span)
        {
            sum += count;
        }

        return sum;
    }

    private sealed class StrongBox
    {
        public int Count;
    }

    private struct ThreadBody : IComputeBody
    {
        public int Thread;

        public void Execute(int chunk, int worker) => Thread = Environment.CurrentManagedThreadId;
    }

    private struct BarrierBody : IComputeBody
    {
        public Barrier Barrier;

        public readonly void Execute(int chunk, int worker) => Barrier.SignalAndWait();
    }

    private struct ThrowingBody : IComputeBody
    {
        public int At;

        public readonly void Execute(int chunk, int worker)
        {
            if (chunk == At)
            {
                throw new InvalidOperationException($"chunk {chunk}");
            }
        }
    }

    private struct NestedBody : IComputeBody
    {
        public ComputePool Pool;
        public ComputeLane Lane;
        public int* Counts;

        public readonly void Execute(int chunk, int worker)
        {
            InnerBody inner = new() { Counts = Counts + (chunk * 16), Thread = Environment.CurrentManagedThreadId, Worker = worker };
            Pool.Run(Lane, ref inner, 16);
        }
    }

    private struct InnerBody : IComputeBody
    {
        public int* Counts;
        public int Thread;
        public int Worker;

        public readonly void Execute(int chunk, int worker)
        {
            SpinWait.SpinUntil(() => false, 1);
            if (Thread == Environment.CurrentManagedThreadId && worker == Worker)
            {
                Interlocked.Increment(ref Counts[chunk]);
            }
        }
    }

    private struct GateBody : IComputeBody
    {
        public ManualResetEventSlim Entered;
        public ManualResetEventSlim Release;

        public readonly void Execute(int chunk, int worker)
        {
            Entered.Set();
            Release.Wait();
        }
    }

    private struct SignalBody : IComputeBody
    {
        public ManualResetEventSlim Started;
        public StrongBox Box;

        public readonly void Execute(int chunk, int worker)
        {
            Started.Set();
            Interlocked.Increment(ref Box.Count);
        }
    }

    private struct PausableBody : IComputeBody
    {
        public ManualResetEventSlim Entered;
        public ManualResetEventSlim Release;
        public StrongBox Box;

        public readonly void Execute(int chunk, int worker)
        {
            Entered.Set();
            Release.Wait();
            Interlocked.Increment(ref Box.Count);
        }
    }

    private struct ObserveBody : IComputeBody
    {
        public ManualResetEventSlim Release;
        public StrongBox Box;
        public int During;

        public void Execute(int chunk, int worker)
        {
            Release.Set();
            SpinWait.SpinUntil(() => false, 30);
            During = Volatile.Read(ref Box.Count);
        }
    }
}
