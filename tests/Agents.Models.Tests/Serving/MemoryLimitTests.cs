using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Models.Generation;
using Agents.Models.Serving;

namespace Agents.Models.Tests.Serving;

public sealed class MemoryLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(112, true)]
    [InlineData(112, false)]
    [InlineData(160, true)]
    [InlineData(400, false)]
    public void Step_TooFewPagesForAll_SuspendsAndGivesTheSameTokens(int positions, bool prefixCache)
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, 10).Select(i => ServingRig.Request(ServingRig.Prompt((ulong)i, 5 + (3 * i)), 40 + i, samples: 1 + (i % 3)))];
        using ServingRig roomy = new();
        string[] expected = [.. requests.Select(request => ServingRig.Numbers(roomy.Alone(request)))];
        using ServingRig tight = new(positions: positions, prefixCache: prefixCache);
        GenerationJob[] jobs = [.. requests.Select(tight.Submit)];

        Dictionary<GenerationJob, List<GeneratedToken>> all = tight.Finish();

        Assert.Equal(expected, jobs.Select(job => ServingRig.Numbers(all[job])));
        Assert.True(tight.Statistics.Suspensions > 0);
        Assert.Equal(10, tight.Statistics.CompletedRequests);
    }

    [Fact]
    public void Step_EverythingEnded_LeavesNoPageWithoutPrefixCache()
    {
        using ServingRig rig = new(positions: 200, prefixCache: false);
        for (int i = 0; i < 10; i++)
        {
            rig.Submit(ServingRig.Request(ServingRig.Prompt((ulong)i, 20), 20, samples: 4));
        }

        rig.Finish();

        Assert.Equal(0, rig.Pool.PagesInUse);
        Assert.Equal((0, 0, 0), (rig.Statistics.QueuedRequests, rig.Statistics.RunningRequests, rig.Statistics.RunningSequences));
    }

    [Fact]
    public void Step_KeptPrefixes_GiveWayToRunningSequences()
    {
        using ServingRig rig = new(positions: 160);
        for (ulong i = 0; i < 20; i++)
        {
            rig.Alone(ServingRig.Request(ServingRig.Prompt(i, 30), 20));
        }

        Assert.InRange(rig.Pool.PagesInUse, 1, rig.Pool.MaximumPages);
        Assert.Equal(0, rig.Statistics.Suspensions);
        Assert.Equal(20, rig.Statistics.CompletedRequests);
    }

    [Fact]
    public void GenerateAsync_SampleThatCanNeverFit_IsRefusedWithTheNumbers()
    {
        using DecoderModel model = new(
            SeededModel.Weights(), SeededModel.Tokenizer, new DecoderModelOptions { Cache = new KvCacheOptions { PagePositions = 16, MaximumPositions = 64 } });

        CacheTooSmallException error = Assert.Throws<CacheTooSmallException>(() => model.GenerateAsync(ServingRig.Request([1, 2, 3], 60), Stop));

        Assert.Contains("63 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("needs 5 cache pages", error.Message, StringComparison.Ordinal);
        Assert.Contains("may hold 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreAsync_ContinuationThatCanNeverFit_IsRefused()
    {
        using DecoderModel model = new(
            SeededModel.Weights(), SeededModel.Tokenizer, new DecoderModelOptions { Cache = new KvCacheOptions { PagePositions = 16, MaximumPositions = 64 } });

        await Assert.ThrowsAsync<CacheTooSmallException>(async () => await model.ScoreAsync(new ScoreRequest([1, 2], [new int[70]]), Stop));
        Assert.Equal(40, (await model.ScoreAsync(new ScoreRequest([1, 2], [new int[40]]), Stop))[0].Length);
    }
}
