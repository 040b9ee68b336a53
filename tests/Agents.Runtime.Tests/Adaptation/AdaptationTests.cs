using Agents.Models;
using Agents.Models.Chat;
using Agents.Runtime.Adaptation;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Adaptation;

/// <summary>Temporary adapters over the embedded model: papers/61 §4 "adaptation scope" and §5 vector 4.</summary>
public sealed class AdaptationTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private const string Question = "tools: timer(min) buy(n,item) call(who). user: order 3 eggs";
    private const string Answer = "tool: buy\nn: 3\nitem: eggs\nanswer: buy(3,eggs)";
    private const string OtherAnswer = "tool: call\nwho: eggs\nanswer: call(eggs)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AdaptAsync_FewSteps_LowersTheLossAndChangesOnlyRequestsThatNameTheAdapter()
    {
        float[] before = await tiny.ProbeAsync(Question);

        await using ITemporaryAdapter adapter = await tiny.Source.AdaptAsync(TinyModel.Request(Question, OtherAnswer) with { Steps = 8 }, Token);

        Assert.Equal((8, 8), (adapter.Steps, adapter.Losses.Count));
        Assert.True(adapter.Losses[^1] < adapter.Losses[0], string.Join(' ', adapter.Losses));
        Assert.NotEqual(before, await tiny.ProbeAsync(Question, adapter.Use));
        Assert.Equal(before, await tiny.ProbeAsync(Question));
    }

    // The first loss is that of the base model, because B starts at zero: what training reads is what serving computes, up to the rounding of activations.
    [Fact]
    public async Task Losses_BeforeTheFirstStep_AreThoseOfTheBaseModel()
    {
        EncodedConversation encoded = tiny.Encoder.EncodeTarget([new ChatMessage(ChatRole.User, Question)], new ChatMessage(ChatRole.Assistant, Answer));
        IReadOnlyList<float[]> scores = await tiny.Model.ScoreAsync(new ScoreRequest(encoded.PromptTokenIds, [encoded.TargetTokenIds]), Token);

        await using ITemporaryAdapter adapter = await tiny.Source.AdaptAsync(new AdaptationRequest { Encoded = [encoded], Steps = 1 }, Token);

        Assert.Equal(-scores[0].Average(), adapter.Losses[0], 1e-3);
    }

    [Fact]
    public async Task AdaptAsync_EqualRequests_GiveEqualAdaptersWhateverTheTrainerDidBefore()
    {
        AdaptationRequest request = TinyModel.Request(Question, OtherAnswer, seed: 9);
        using var fresh = new AdaptableChatClient(tiny.Model);
        await using ITemporaryAdapter first = await fresh.GetService<IAdaptationSource>()!.AdaptAsync(request, Token);
        float[] expected = await tiny.ProbeAsync(Question, first.Use);

        for (ulong other = 0; other < 3; other++)
        {
            await (await tiny.Source.AdaptAsync(TinyModel.Request("list: 1 2 3. user: sum", "answer: 6", other), Token)).DisposeAsync();
        }

        ITemporaryAdapter[] again = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => tiny.Source.AdaptAsync(request, Token).AsTask()));
        foreach (ITemporaryAdapter adapter in again)
        {
            await using (adapter)
            {
                Assert.Equal(first.Losses, adapter.Losses);
                Assert.Equal(expected, await tiny.ProbeAsync(Question, adapter.Use));
            }
        }

        await using ITemporaryAdapter otherSeed = await tiny.Source.AdaptAsync(request with { Seed = 10 }, Token);
        Assert.NotEqual(expected, await tiny.ProbeAsync(Question, otherSeed.Use));
    }

    [Fact]
    public async Task Scopes_TwoAtOnce_AreIndependent()
    {
        ITemporaryAdapter one = await tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer), Token);
        float[] alone = await tiny.ProbeAsync(Question, one.Use);
        ITemporaryAdapter two = await tiny.Source.AdaptAsync(TinyModel.Request(Question, OtherAnswer), Token);
        Assert.Equal(alone, await tiny.ProbeAsync(Question, one.Use));
        float[] ofTwo = await tiny.ProbeAsync(Question, two.Use);
        Assert.NotEqual(alone, ofTwo);

        await one.DisposeAsync();

        Assert.Equal(ofTwo, await tiny.ProbeAsync(Question, two.Use));
        await two.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_UnloadsTheAdapterForGood()
    {
        ITemporaryAdapter adapter = await tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer), Token);
        AdapterUse use = adapter.Use;
        await adapter.DisposeAsync();
        await adapter.DisposeAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => tiny.ProbeAsync(Question, use));
        Assert.DoesNotContain(use.Id, tiny.Model.Adapters.Ids);
    }

    // An equal adapter has the same hash, so a prefix that outlived the first one would be found by the second.
    [Fact]
    public async Task Dispose_DropsWhatWasCachedUnderTheAdapter()
    {
        string question = "tools: timer(min) buy(n,item) call(who). user: " + string.Join(' ', Enumerable.Repeat("order 3 eggs and 4 figs", 20));
        AdaptationRequest request = TinyModel.Request(Question, Answer, seed: 77) with { Steps = 1 };
        ITemporaryAdapter first = await tiny.Source.AdaptAsync(request, Token);
        long[] hits = [await HitsAsync(question, first.Use), await HitsAsync(question, first.Use)];
        await first.DisposeAsync();

        await using ITemporaryAdapter second = await tiny.Source.AdaptAsync(request, Token);

        Assert.Equal([0L, 1L], hits);
        Assert.Equal(0, await HitsAsync(question, second.Use));
    }

    // papers/61 §5 vector 4, with more cycles and four at once. The benchmark 'adaptation' does a thousand.
    [Fact]
    public async Task Cycles_FortyWithFourAtOnce_LeaveWeightsAndLogitsAsTheyWere()
    {
        string hash = TinyModel.HashOf(tiny.Model.Weights);
        float[] logits = await tiny.ProbeAsync(Question);
        using var client = new AdaptableChatClient(tiny.Model);
        IAdaptationSource source = client.GetService<IAdaptationSource>()!;

        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (cycle, token) =>
        {
            await using ITemporaryAdapter adapter = await source.AdaptAsync(TinyModel.Request(Question, cycle % 2 == 0 ? Answer : OtherAnswer, (ulong)cycle) with { Steps = 2 }, token);
            var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 8, AdditionalProperties = new() { [ChatOptionKeys.Adapters] = new[] { adapter.Use } } };
            await client.GetResponseAsync([new ChatMessage(ChatRole.User, Question)], options, token);
        });

        Assert.Equal(hash, TinyModel.HashOf(tiny.Model.Weights));
        Assert.Equal(logits, await tiny.ProbeAsync(Question));
        Assert.InRange(((DecoderAdaptationSource)source).Trainers, 1, 4);
    }

    [Fact]
    public async Task HashOf_ChangedWeight_Differs()
    {
        using DecoderWeightsCopy copy = await DecoderWeightsCopy.OfAsync(tiny.Model);
        string hash = TinyModel.HashOf(copy.Weights);

        copy.Nudge();

        Assert.NotEqual(hash, TinyModel.HashOf(copy.Weights));
    }

    [Fact]
    public async Task AdaptAsync_Cancelled_EndsWithinAStepAndLeavesNothing()
    {
        int before = tiny.Model.Adapters.Ids.Count;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var clock = new CancellingClock(cancel, looks: 6);
        using var source = new DecoderAdaptationSource(tiny.Model, tiny.Encoder, time: clock);

        // The clock is looked at once per step when there is a limit, so this is cancelled in one of the first steps of a thousand.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => source.AdaptAsync(TinyModel.Request(Question, Answer) with { Steps = 1000, TimeLimit = TimeSpan.FromDays(9) }, cancel.Token).AsTask());

        Assert.InRange(clock.Looks, 6, 7);
        Assert.Equal(before, tiny.Model.Adapters.Ids.Count);
        await using ITemporaryAdapter next = await source.AdaptAsync(TinyModel.Request(Question, Answer), Token);
        Assert.Equal(5, next.Steps);
    }

    [Fact]
    public async Task AdaptAsync_TimeLimit_EndsEarlyButTakesOneStep()
    {
        using var source = new DecoderAdaptationSource(tiny.Model, tiny.Encoder, time: new SteppingClock());

        await using ITemporaryAdapter short1 = await source.AdaptAsync(TinyModel.Request(Question, Answer) with { TimeLimit = TimeSpan.FromTicks(1) }, Token);
        await using ITemporaryAdapter three = await source.AdaptAsync(TinyModel.Request(Question, Answer) with { TimeLimit = TimeSpan.FromSeconds(3) }, Token);

        Assert.Equal((1, 3), (short1.Steps, three.Steps));
    }

    [Fact]
    public async Task AdaptAsync_OtherForms_ReplaceIdleTrainers()
    {
        using var source = new DecoderAdaptationSource(tiny.Model, tiny.Encoder, new AdaptationOptions { MaximumTrainers = 2 });
        foreach (int rank in new[] { 2, 4, 8, 2 })
        {
            await using ITemporaryAdapter adapter = await source.AdaptAsync(TinyModel.Request(Question, Answer) with { Rank = rank, Steps = 1 }, Token);
        }

        Assert.Equal(2, source.Trainers);
        source.Dispose();
        Assert.Equal(0, source.Trainers);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => source.AdaptAsync(TinyModel.Request(Question, Answer), Token).AsTask());
    }

    [Fact]
    public async Task AdaptAsync_BadRequests_AreRefusedWithReasons()
    {
        ArgumentException settings = await Assert.ThrowsAsync<ArgumentException>(() => tiny.Source.AdaptAsync(
            new AdaptationRequest { Rank = 0, Alpha = -1, LearningRate = double.NaN, Steps = 0, MaximumGradientNorm = 0, TimeLimit = TimeSpan.Zero }, Token).AsTask());
        foreach (string part in new[] { "no example", "rank 0", "alpha -1", "rate NaN", "0 steps", "norm 0", "time limit" })
        {
            Assert.Contains(part, settings.Message, StringComparison.Ordinal);
        }

        AdaptationException length = await Assert.ThrowsAsync<AdaptationException>(
            () => tiny.Source.AdaptAsync(TinyModel.Request(string.Concat(Enumerable.Repeat("eggs ", 2000)), Answer), Token).AsTask());
        Assert.Contains($"{tiny.Model.Shape.ContextLength} together", length.Message, StringComparison.Ordinal);
        AdaptationException unknown = await Assert.ThrowsAsync<AdaptationException>(
            () => tiny.Source.AdaptAsync(new AdaptationRequest { Encoded = [new EncodedConversation([1], [-1])] }, Token).AsTask());
        Assert.Contains("token id -1", unknown.Message, StringComparison.Ordinal);
        AdaptationException image = await Assert.ThrowsAsync<AdaptationException>(() => tiny.Source.AdaptAsync(
            new AdaptationRequest { Conversations = [new([new ChatMessage(ChatRole.User, [new DataContent(new byte[1], "image/png")])], new ChatMessage(ChatRole.Assistant, "x"))] }, Token).AsTask());
        Assert.Contains("cannot be read", image.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdaptAsync_HugeRate_FailsAndLeavesTheModel()
    {
        float[] before = await tiny.ProbeAsync(Question);

        AdaptationException error = await Assert.ThrowsAsync<AdaptationException>(
            () => tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer) with { LearningRate = 1e38, Steps = 20 }, Token).AsTask());

        Assert.Contains("lower the rate", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await tiny.ProbeAsync(Question));
        await using ITemporaryAdapter next = await tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer), Token);
        Assert.All(next.Losses, loss => Assert.True(double.IsFinite(loss)));
    }

    [Fact]
    public async Task EncodePrompt_IsWhatACallReads()
    {
        ChatResponse response = await tiny.Client.GetResponseAsync([new ChatMessage(ChatRole.User, Question)], new ChatOptions { Temperature = 0 }, Token);
        var record = (GenerationRecord)response.AdditionalProperties![GenerationRecord.PropertyName]!;
        EncodedConversation encoded = tiny.Encoder.EncodeTarget([new ChatMessage(ChatRole.User, Question)], response.Messages[0]);

        Assert.Equal(record.PromptTokenIds, tiny.Encoder.EncodePrompt([new ChatMessage(ChatRole.User, Question)]));
        Assert.Equal(record.PromptTokenIds, encoded.PromptTokenIds);
        Assert.Equal(record.CompletionTokenIds, encoded.TargetTokenIds.Take(record.CompletionTokenIds.Count));
    }

    [Fact]
    public void GetService_ByTypeOnly_FindsAllOfAModelInThisProcess()
    {
        Assert.Same(tiny.Source, tiny.Client.GetService<IAdaptationSource>());
        Assert.Null(tiny.Client.GetService(typeof(IAdaptationSource), "key"));
        Assert.Same(tiny.Model, tiny.Client.GetService<ILanguageModel>());
        Assert.NotNull(tiny.Client.GetService<IGroupSampler>());
        using var plain = new LocalChatClient(tiny.Model);
        Assert.Null(plain.GetService<IAdaptationSource>());
        Assert.Throws<ArgumentException>(() => new DecoderAdaptationSource(tiny.Model, plain, new AdaptationOptions { MaximumTrainers = 0 }));
    }

    private async Task<long> HitsAsync(string question, AdapterUse use)
    {
        long before = tiny.Model.Statistics().PrefixHits;
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 2, AdditionalProperties = new() { [ChatOptionKeys.Adapters] = new[] { use } } };
        await tiny.Client.GetResponseAsync([new ChatMessage(ChatRole.User, question)], options, Token);
        return tiny.Model.Statistics().PrefixHits - before;
    }

    /// <summary>Cancels at a certain look.</summary>
    private sealed class CancellingClock(CancellationTokenSource cancel, int looks) : TimeProvider
    {
        private int _looks;

        public int Looks => _looks;

        public override long GetTimestamp()
        {
            if (Interlocked.Increment(ref _looks) == looks)
            {
                cancel.Cancel();
            }

            return 0;
        }
    }
}
