using Agents.Models.Generation;

namespace Agents.Models.Tests.Serving;

public sealed class StepAllocationTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(2, 2)]
    public void Step_SteadyState_AllocatesNothing(int samples, int guesses)
    {
        using ServingRig rig = new(rows: 16, pagePositions: 96);
        GenerationJob job = rig.Submit(ServingRig.Request([1, 2, 1, 2, 1, 2, 1, 2], 80, samples) with
        {
            SpeculativeTokens = guesses,
            StopSequences = ["unlikely stop"],
            Sampling = new SamplingOptions { TopK = guesses > 0 ? 2 : 50, TopP = 0.95, Temperature = 0.9, RepetitionPenalty = 1.1 },
        });

        Assert.Contains(0L, AllocatedPerWindow(rig, job));
        Assert.Equal(samples, rig.Statistics.RunningSequences);
        Assert.Equal(guesses > 0, rig.Statistics.DraftedTokens > 0);
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(0.0, 0)]
    [InlineData(0.8, 40)]
    public void Step_ManyRequests_AllocatesNothing(double temperature, int topK)
    {
        using ServingRig rig = new(rows: 16, pagePositions: 96);
        GenerationJob[] jobs = [.. Enumerable.Range(0, 12).Select(i => rig.Submit(ServingRig.Request(ServingRig.Prompt((ulong)i, 5), 80) with
        {
            Sampling = new SamplingOptions { Temperature = temperature, TopK = topK },
        }))];

        Assert.Contains(0L, AllocatedPerWindow(rig, jobs));
        Assert.Equal(12, rig.Statistics.RunningSequences);
    }

    // What every step allocates shows in every window; the runtime's own first-time work shows in one.
    private static List<long> AllocatedPerWindow(ServingRig rig, params GenerationJob[] jobs)
    {
        List<long> windows = new(4);
        Run(rig, jobs, 8);
        for (int window = 0; window < 4; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(rig, jobs, 4);
            windows.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return windows;
    }

    private static void Run(ServingRig rig, GenerationJob[] jobs, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            rig.Scheduler.Step();
            foreach (GenerationJob job in jobs)
            {
                while (job.Tokens.TryRead(out _))
                {
                }
            }
        }
    }
}
