using Agents.Models.Decoder;
using Agents.Models.Generation;
using Agents.Models.Serving;

namespace Agents.Models.Tests.Serving;

public sealed class CancellationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Cancel_TenThousandRequestsAtRandomPoints_LeaksNoSlotAndNoPage()
    {
        using ServingRig rig = new(rows: 32, positions: 1024, prefixCache: false);
        SampleStream random = new(2026);
        List<GenerationJob> open = [];
        List<WeakReference> watched = [];
        for (int started = 0; started < 10_000;)
        {
            for (int i = random.NextInt(12); i > 0; i--, started++)
            {
                GenerationJob job = rig.Create(ServingRig.Request(ServingRig.Prompt((ulong)random.NextInt(50), 1 + random.NextInt(40)), 1 + random.NextInt(40), 1 + random.NextInt(4)));
                Assert.True(rig.Scheduler.Counters.TryEnterQueue(int.MaxValue));
                rig.Scheduler.Submit(job);
                open.Add(job);
                watched.Add(new WeakReference(job));
            }

            for (int i = random.NextInt(12); i > 0 && open.Count > 0; i--)
            {
                int at = random.NextInt(open.Count);
                rig.Scheduler.Cancel(open[at]);
                open.RemoveAt(at);
            }

            rig.Scheduler.Step();
            open.RemoveAll(job => job.HasEnded);
        }

        open.ForEach(rig.Scheduler.Cancel);
        open.Clear();
        rig.Scheduler.Step();

        ServingStatistics statistics = rig.Statistics;
        Assert.Equal((0, 0, 0), (statistics.QueuedRequests, statistics.RunningRequests, statistics.RunningSequences));
        Assert.Equal(0, rig.Pool.PagesInUse);
        Assert.False(rig.Scheduler.HasJobs);
        Assert.True(statistics.CompletedRequests > 100 && statistics.CancelledRequests > 1000);
        Assert.True(statistics.CompletedRequests + statistics.CancelledRequests >= 10_000);
        Assert.InRange(rig.Pool.Bytes, 0, rig.Pool.MaximumPages * rig.Pool.PageBytes);

        // Nothing of an ended request stays reachable. (The last one may still lie in a register of this method.)
        GC.Collect();
        Assert.InRange(watched.Count(reference => reference.IsAlive), 0, 2);
    }

    [Fact]
    public void Cancel_RunningRequest_IsFreeWithinOneStep()
    {
        using ServingRig rig = new(prefixCache: false);
        GenerationJob job = rig.Submit(ServingRig.Request([1, 2, 3], 80, samples: 20));
        GenerationJob other = rig.Submit(ServingRig.Request([4, 5, 6], 80));
        for (int i = 0; i < 5; i++)
        {
            rig.Scheduler.Step();
        }

        rig.Scheduler.Cancel(job);
        rig.Scheduler.Step();

        Assert.True(job.HasEnded);
        Assert.Equal(1, rig.Statistics.RunningSequences);
        Assert.Equal(1, rig.Pool.PagesInUse);
        Assert.False(other.HasEnded);
    }

    [Fact]
    public async Task GenerateAsync_ManyReadersThatLeaveAtRandomPoints_LeaveNothingBehind()
    {
        using DecoderModel model = new(SeededModel.Weights(), SeededModel.Tokenizer, new DecoderModelOptions { PrefixCache = false });
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Stop }, async (i, _) =>
        {
            SampleStream random = new((ulong)i, 5);
            using CancellationTokenSource source = new();
            int leaveAt = random.NextInt(60);
            bool cancels = random.NextInt(2) == 0;
            int seen = 0;
            try
            {
                await foreach (GeneratedToken token in model.GenerateAsync(ServingRig.Request(ServingRig.Prompt((ulong)i, 10), 20, 1 + (i % 4)), source.Token))
                {
                    if (++seen == leaveAt)
                    {
                        if (!cancels)
                        {
                            break;
                        }

                        await source.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancels);
            }
        });

        ServingStatistics statistics = model.Statistics();
        Assert.Equal(400, statistics.CompletedRequests + statistics.CancelledRequests);
        GenerationRequest last = ServingRig.Request([1], 1);
        Assert.Single(await model.GenerateAsync(last, Stop).ToListAsync(Stop));
    }

    [Fact]
    public void Step_ReaderStopsReading_PausesItsRequestAndNobodyElses()
    {
        using ServingRig rig = new(rows: 64);
        GenerationJob silent = rig.Submit(ServingRig.Request([1, 2, 3], 90, samples: 40));
        GenerationJob lively = rig.Submit(ServingRig.Request([4, 5, 6], 90));
        int read = 0;
        for (int i = 0; i < 120; i++)
        {
            rig.Scheduler.Step();
            read += ServingRig.Read(lively).Count;
        }

        Assert.Equal(90, read);
        Assert.False(rig.Scheduler.Step());
        Assert.True(rig.Scheduler.HasJobs);
        int unread = ServingRig.Read(silent).Count;
        Assert.InRange(unread, TokenMailbox.Limit, TokenMailbox.Limit + 40);

        int rest = unread;
        while (rig.Scheduler.Step())
        {
            rest += ServingRig.Read(silent).Count;
        }

        Assert.Equal(40 * 90, rest);
    }
}
