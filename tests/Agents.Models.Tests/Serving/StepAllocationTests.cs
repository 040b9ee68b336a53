using Agents.Models.Generation;

namespace Agents.Models.Tests.Serving;

public sealed class StepAllocationTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(2, 4)]
    public void Step_SteadyState_AllocatesNothing(int samples, int guesses)
    {
        using ServingRig rig = new(rows: 16, pagePositions: 96);
        GenerationJob job = rig.Submit(ServingRig.Request([1, 2, 3, 4, 5, 6, 7], 80, samples) with
        {
            SpeculativeTokens = guesses,
            StopSequences = ["unlikely stop"],
            Sampling = new SamplingOptions { TopK = 50, TopP = 0.95, Temperature = 0.9, RepetitionPenalty = 1.1 },
        });
        for (int i = 0; i < 10; i++)
        {
            rig.Scheduler.Step();
            Drain(job);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 30; i++)
        {
            rig.Scheduler.Step();
            Drain(job);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(samples, rig.Statistics.RunningSequences);
    }

    [Fact]
    public void Step_ManyRequests_AllocatesNothing()
    {
        using ServingRig rig = new(rows: 16, pagePositions: 96);
        GenerationJob[] jobs = [.. Enumerable.Range(0, 12).Select(i => rig.Submit(ServingRig.Request(ServingRig.Prompt((ulong)i, 5), 80)))];
        for (int i = 0; i < 10; i++)
        {
            rig.Scheduler.Step();
            Array.ForEach(jobs, Drain);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 30; i++)
        {
            rig.Scheduler.Step();
            foreach (GenerationJob job in jobs)
            {
                Drain(job);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Drain(GenerationJob job)
    {
        while (job.Tokens.TryRead(out _))
        {
        }
    }
}
