using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Models.Generation;
using Agents.Models.Serving;

namespace Agents.Models.Tests.Serving;

public sealed class PrefixCacheTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Find_SeveralEntries_ReturnsTheLongestCommonPrefixOfTheSameAdapters()
    {
        using KvPagePool pool = new(SeededModel.Shape());
        PrefixCache cache = new(enabled: true);
        Insert(cache, pool, [1, 2, 3, 4]);
        Insert(cache, pool, [1, 2, 9, 9, 9]);
        Insert(cache, pool, [1, 2, 3, 4, 5, 6], "adapter");

        CachedPrefix? entry = cache.Find([1, 2, 3, 7], string.Empty, out int length);

        Assert.Equal(3, length);
        Assert.Equal([1, 2, 3, 4], entry!.Tokens);
        Assert.Null(cache.Find([5, 5], string.Empty, out length));
        Assert.Equal(0, length);
        cache.Clear();
        Assert.Equal(0, pool.PagesInUse);
    }

    [Fact]
    public void Insert_LongerAndShorter_KeepsOneEntryPerBranch()
    {
        using KvPagePool pool = new(SeededModel.Shape());
        PrefixCache cache = new(enabled: true);
        Insert(cache, pool, [1, 2, 3]);
        Insert(cache, pool, [1, 2, 3, 4, 5]);
        Insert(cache, pool, [1, 2]);
        Insert(cache, pool, [1, 2, 7]);

        Assert.Equal(2, cache.Count);
        Assert.Equal(2, pool.PagesInUse);
        cache.Clear();
    }

    [Fact]
    public void EvictOldest_AfterUse_DropsTheLeastRecentlyUsed()
    {
        using KvPagePool pool = new(SeededModel.Shape());
        PrefixCache cache = new(enabled: true);
        Insert(cache, pool, [1]);
        Insert(cache, pool, [2]);
        Insert(cache, pool, [3]);
        cache.Touch(cache.Find([1], string.Empty, out _)!);

        Assert.True(cache.EvictOldest());

        Assert.NotNull(cache.Find([1], string.Empty, out _));
        Assert.Null(cache.Find([2], string.Empty, out _));
        cache.Clear();
        Assert.False(cache.EvictOldest());
    }

    [Fact]
    public void Insert_ManyEntries_KeepsTheirNumberBounded()
    {
        using KvPagePool pool = new(SeededModel.Shape(), new KvCacheOptions { PagePositions = 16, MaximumPositions = 16 * 3000 });
        PrefixCache cache = new(enabled: true);
        for (int i = 0; i < PrefixCache.MaximumEntries + 50; i++)
        {
            Insert(cache, pool, [i, i]);
        }

        Assert.Equal(PrefixCache.MaximumEntries, cache.Count);
        Assert.Null(cache.Find([0, 0], string.Empty, out _));
        cache.Clear();
        Assert.Equal(0, pool.PagesInUse);
    }

    [Fact]
    public void Step_SamePromptAgain_ComputesOnlyItsLastToken()
    {
        using ServingRig rig = new();
        GenerationRequest request = ServingRig.Request(ServingRig.Prompt(1, 50), 5);
        string first = ServingRig.Numbers(rig.Alone(request));

        string second = ServingRig.Numbers(rig.Alone(request));

        Assert.Equal(first, second);
        Assert.Equal(49, rig.Statistics.ReusedTokens);
        Assert.Equal(1, rig.Statistics.PrefixHits);
    }

    [Fact]
    public void Step_ConversationGoesOn_ReusesTheGeneratedPartToo()
    {
        using ServingRig rig = new();
        int[] prompt = ServingRig.Prompt(2, 30);
        int[] answer = [.. rig.Alone(ServingRig.Request(prompt, 12)).Select(token => token.Id)];
        GenerationRequest next = ServingRig.Request([.. prompt, .. answer, 7, 8, 9], 6);

        string continued = ServingRig.Numbers(rig.Alone(next));

        // The last generated token was never fed.
        Assert.Equal(30 + 11, rig.Statistics.ReusedTokens);
        using ServingRig fresh = new(prefixCache: false);
        Assert.Equal(ServingRig.Numbers(fresh.Alone(next)), continued);
        Assert.Equal(0, fresh.Statistics.ReusedTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_SimultaneousRequestsWithOneSystemPrompt_ComputeItOnce(bool prefixCache)
    {
        using ServingRig rig = new(rows: 32, prefixCache: prefixCache);
        int[] system = ServingRig.Prompt(3, 64);
        for (int i = 0; i < 16; i++)
        {
            rig.Submit(ServingRig.Request([.. system, 100 + i, 5, 6], 4));
        }

        rig.Finish();

        ServingStatistics statistics = rig.Statistics;
        Assert.True(statistics.PromptTokens - statistics.ReusedTokens <= 67 + (15 * 3) + 32, $"{statistics.PromptTokens} − {statistics.ReusedTokens}");
    }

    [Fact]
    public void Step_SiblingsOfOnePrompt_ComputeItOnceAndShareItsPages()
    {
        using ServingRig rig = new(rows: 64, prefixCache: false);
        GenerationJob job = rig.Submit(ServingRig.Request(ServingRig.Prompt(4, 64), 10, samples: 40));
        for (int i = 0; i < 5; i++)
        {
            rig.Scheduler.Step();
        }

        // Four shared pages, and one of its own for every sample.
        Assert.Equal(4 + 40, rig.Pool.PagesInUse);
        rig.Finish();
        Assert.Equal(64 + (40 * 9), rig.Statistics.Rows);
        Assert.True(job.HasEnded);
    }

    [Fact]
    public async Task GenerateAsync_PrefixCacheOff_KeepsNothing()
    {
        using DecoderModel model = new(SeededModel.Weights(), SeededModel.Tokenizer, new DecoderModelOptions { PrefixCache = false });
        GenerationRequest request = ServingRig.Request(ServingRig.Prompt(5, 40), 4, samples: 3);

        await model.GenerateAsync(request, Stop).ToListAsync(Stop);
        await model.GenerateAsync(request, Stop).ToListAsync(Stop);

        Assert.Equal(2 * 2 * 40, model.Statistics().ReusedTokens);
        Assert.Equal(2, model.Statistics().CompletedRequests);
        Assert.Equal(24, model.Statistics().GeneratedTokens);
    }

    private static void Insert(PrefixCache cache, KvPagePool pool, int[] tokens, string key = "")
    {
        KvSequence sequence = pool.CreateSequence();
        sequence.Reserve(tokens.Length);
        sequence.Advance(tokens.Length);
        cache.Insert(tokens, key, sequence);
    }
}
