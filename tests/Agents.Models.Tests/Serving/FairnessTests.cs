using Agents.Models.Generation;

namespace Agents.Models.Tests.Serving;

public sealed class FairnessTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(8)]
    [InlineData(2)]
    public void Step_OneSampleBesideAThousand_AdvancesAlmostEveryStep(int rows)
    {
        using ServingRig rig = new(rows);
        GenerationJob many = rig.Submit(ServingRig.Request([1, 2, 3], 40, samples: 1000));
        for (int i = 0; i < 20; i++)
        {
            rig.Scheduler.Step();
            ServingRig.Read(many);
        }

        GenerationJob single = rig.Submit(ServingRig.Request([7, 8, 9, 10], 40));
        int steps = 0;
        int tokens = 0;
        while (!single.HasEnded && steps < 1000)
        {
            rig.Scheduler.Step();
            ServingRig.Read(many);
            tokens += ServingRig.Read(single).Count;
            steps++;
        }

        // One row of two requests' turns: at worst every other row, and a step has at least one.
        Assert.Equal(40, tokens);
        Assert.True(steps <= (rows > 2 ? 44 : 90), $"{steps} steps");
        Assert.False(many.HasEnded);
    }

    [Fact]
    public void Step_LongPromptArrives_RunningSamplesGetATokenPerStep()
    {
        using ServingRig rig = new(rows: 16);
        GenerationJob running = rig.Submit(ServingRig.Request([1, 2, 3], 60, samples: 3));
        rig.Scheduler.Step();
        rig.Scheduler.Step();
        ServingRig.Read(running);
        GenerationJob prompts = rig.Submit(new GenerationRequest
        {
            Prompts = [.. Enumerable.Range(0, 4).Select(i => PromptSamples.Create(ServingRig.Prompt((ulong)i, 80), 1, (ulong)i, 1))],
            MaxTokens = 2,
        });

        int steps = 0;
        while (ServingRig.Read(prompts).Count == 0)
        {
            rig.Scheduler.Step();
            Assert.Equal(3, ServingRig.Read(running).Count);
            steps++;
        }

        Assert.InRange(steps, 2, 30);
    }

    [Fact]
    public void Step_ShortPromptBehindLongOnes_IsNotHeldUpByThem()
    {
        using ServingRig rig = new(rows: 16);
        GenerationJob[] longs = [.. Enumerable.Range(0, 6).Select(i => rig.Submit(ServingRig.Request(ServingRig.Prompt((ulong)i, 90), 1)))];
        GenerationJob brief = rig.Submit(ServingRig.Request([5, 6, 7], 1));

        List<GenerationJob> order = [];
        while (rig.Scheduler.Step())
        {
            order.AddRange(longs.Append(brief).Where(job => job.HasEnded && !order.Contains(job)));
        }

        // A turn is 64 tokens, so the long prompts need two; the short one is through after everybody's first.
        Assert.Equal(0, order.IndexOf(brief));
    }

    [Fact]
    public void Step_EqualRequests_AreServedEqually()
    {
        using ServingRig rig = new(rows: 8);
        GenerationJob[] jobs = [.. Enumerable.Range(0, 8).Select(i => rig.Submit(ServingRig.Request(ServingRig.Prompt((ulong)i, 4), 90, samples: 1 + (i * 5))))];
        var served = new double[jobs.Length];
        for (int step = 0; step < 60; step++)
        {
            rig.Scheduler.Step();
            for (int i = 0; i < jobs.Length; i++)
            {
                served[i] += ServingRig.Read(jobs[i]).Count;
            }
        }

        double jain = Math.Pow(served.Sum(), 2) / (served.Length * served.Sum(count => count * count));
        Assert.True(jain >= 0.95, $"Jain index {jain}: {string.Join(' ', served)}");
    }

    [Fact]
    public void Step_SingleRowBatches_StillFinishPromptsBesideDecoding()
    {
        using ServingRig rig = new(rows: 1);
        GenerationJob first = rig.Submit(ServingRig.Request([1, 2, 3], 60));
        for (int i = 0; i < 6; i++)
        {
            rig.Scheduler.Step();
        }

        GenerationJob second = rig.Submit(ServingRig.Request([4, 5, 6, 7], 2));
        int steps = 0;
        while (!second.HasEnded && steps++ < 40)
        {
            rig.Scheduler.Step();
        }

        Assert.True(second.HasEnded);
        Assert.False(first.HasEnded);
    }
}
