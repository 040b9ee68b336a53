using Agents.Models.Decoder;
using Agents.Training.Backward;
using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Experience;
using Agents.Training.Tests.Loops;

namespace Agents.Training.Tests.Rollouts;

public sealed class RolloutStageTests
{
    [Fact]
    public void Next_OneEpoch_VisitsEveryPromptOnce()
    {
        ShuffledPromptSampler sut = new(BanditRun.Prompts, 4);

        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], Enumerable.Range(0, 5).Select(_ => sut.Next().Id).Order());
    }

    [Fact]
    public void Restore_SavedPosition_ContinuesTheOrder()
    {
        ShuffledPromptSampler first = new(BanditRun.Prompts, 4);
        string[] all = [.. Enumerable.Range(0, 13).Select(_ => first.Next().Id)];
        ShuffledPromptSampler half = new(BanditRun.Prompts, 4);
        for (int i = 0; i < 6; i++)
        {
            half.Next();
        }

        ShuffledPromptSampler sut = new(BanditRun.Prompts, 4);
        sut.Restore(half.Save());

        Assert.Equal(all[6..], Enumerable.Range(0, 7).Select(_ => sut.Next().Id));
        Assert.Throws<CheckpointException>(() => sut.Restore([1, 2]));
        Assert.NotEqual(sut.Fingerprint, new ShuffledPromptSampler(BanditRun.Prompts, 5).Fingerprint);
    }

    [Fact]
    public void Constructor_NoPromptOrAnEmptyOne_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new ShuffledPromptSampler([], 1));
        Assert.Throws<ArgumentException>(() => new ShuffledPromptSampler([new RolloutPrompt("p", [])], 1));
    }

    [Fact]
    public async Task SampleAsync_GroupsTogetherOrAlone_AreTheSame()
    {
        using DecoderTrainer<float> trainer = BanditRun.Model();
        using PolicyGeneration model = await BanditRun.Sync(trainer).PublishAsync(TestContext.Current.CancellationToken);
        GroupRollout sut = new(new GroupRolloutOptions { GroupSize = 3, MaximumTokens = 5, Seed = 2 });
        RolloutTicket[] tickets = [.. BanditRun.Prompts.Take(3).Select((prompt, i) => new RolloutTicket(i + 10, prompt))];
        CancellationToken token = TestContext.Current.CancellationToken;

        SampledGroup[] together = [.. (await sut.SampleAsync(model, tickets, token).ToListAsync(token)).OrderBy(group => group.Ticket.Draw)];
        SampledGroup alone = await sut.SampleAsync(model, [tickets[1]], token).SingleAsync(token);

        Assert.Equal(together[1].Completions.Select(c => string.Join(' ', c.TokenIds)), alone.Completions.Select(c => string.Join(' ', c.TokenIds)));
        Assert.Equal(together[1].Completions.SelectMany(c => c.LogProbabilities), alone.Completions.SelectMany(c => c.LogProbabilities));
        Assert.All(together.SelectMany(group => group.Completions), c => Assert.Equal(c.TokenIds[^1] == BanditRun.End ? GenerationFinish.EndToken : GenerationFinish.Length, c.Finish));
    }

    [Fact]
    public void Options_GreedyOrEmpty_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new GroupRollout(new GroupRolloutOptions { Temperature = 0 }));
        Assert.Throws<ArgumentException>(() => new GroupRollout(new GroupRolloutOptions { GroupSize = 0 }));
    }

    [Fact]
    public void Observe_Groups_MovesTheMeanAndIgnoresUnscored()
    {
        PassRateTracker sut = new(decay: 0.5);
        sut.Observe(SampleGroup.Of(1, 0, 1, 0, double.NaN));
        sut.Observe(SampleGroup.Of(1, 3, 1, 1));
        sut.Observe(SampleGroup.Of(2, 3, double.NaN));

        Assert.Equal(new PassRate(0.75, 4, 3), sut.Rates["p1"]);
        Assert.Equal(0.75, sut.Rates["p1"].Informativeness);
        Assert.Single(sut.Rates);
    }

    [Fact]
    public void Restore_SavedRates_AreTheSameAndDamageIsNamed()
    {
        PassRateTracker first = new();
        first.Observe(SampleGroup.Of(1, 0, 1, 0));
        first.Observe(SampleGroup.Of(2, 0, 0, 0));
        byte[] state = first.Save();
        PassRateTracker sut = new();
        sut.Restore(state);

        Assert.Equal(first.Rates, sut.Rates);
        Assert.Equal(0, sut.Rates["p2"].Informativeness);
        Assert.Throws<CheckpointException>(() => sut.Restore(state.AsSpan(0, state.Length - 3)));
    }

    [Fact]
    public async Task Generation_SeveralUsers_EndsWithTheLast()
    {
        using DecoderTrainer<float> trainer = BanditRun.Model();
        using DecoderModel model = BanditRun.Serving(trainer);
        Ending ending = new();
        PolicyGeneration sut = new(model, ending);
        sut.Share();
        sut.Dispose();
        Assert.Equal(0, ending.Count);
        sut.Dispose();
        Assert.Equal(1, ending.Count);

        using PolicyGeneration first = await BanditRun.Sync(trainer).PublishAsync(TestContext.Current.CancellationToken);
        Change(trainer);
        using PolicyGeneration second = await BanditRun.Sync(trainer).PublishAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(first.Model.GenerationId, second.Model.GenerationId);
    }

    private static unsafe void Change(DecoderTrainer<float> trainer) => trainer.Weights.Data[0] += 1;

    private sealed class Ending : IDisposable
    {
        public int Count { get; private set; }

        public void Dispose() => Count++;
    }
}
