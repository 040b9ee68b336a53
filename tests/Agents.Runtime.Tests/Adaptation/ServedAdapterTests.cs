using Agents.Models;
using Agents.Models.Adapters;
using Agents.Runtime.Adaptation;
using Agents.Runtime.Replication;
using Agents.Training.Adapters;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Adaptation;

/// <summary>Temporary adapters over adapters that a request runs with: the served adapter is improved, and stays as it is.</summary>
public sealed class ServedAdapterTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private const string Question = "tools: timer(min) buy(n,item) call(who). user: order 3 eggs";
    private const string Answer = "tool: buy\nn: 3\nitem: eggs\nanswer: buy(3,eggs)";
    private const string OtherAnswer = "tool: call\nwho: eggs\nanswer: call(eggs)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // B starts at zero, so the first loss is that of the served adapter, up to the rounding of activations.
    [Fact]
    public async Task AdaptAsync_OverAnAdapter_StartsFromItsLossAndNotFromThatOfTheBase()
    {
        await using ITemporaryAdapter served = await tiny.Source.AdaptAsync(TinyModel.Request(Question, OtherAnswer) with { Steps = 12 }, Token);
        EncodedConversation encoded = tiny.Encoder.EncodeTarget([new ChatMessage(ChatRole.User, Question)], new ChatMessage(ChatRole.Assistant, Answer));
        ScoreRequest score = new(encoded.PromptTokenIds, [encoded.TargetTokenIds]);
        double plain = -(await tiny.Model.ScoreAsync(score, Token))[0].Average();
        double adapted = -(await tiny.Model.ScoreAsync(score with { Adapters = [served.Use] }, Token))[0].Average();

        await using ITemporaryAdapter adapter = await tiny.Source.AdaptAsync(new AdaptationRequest { Encoded = [encoded], Adapters = [served.Use], Steps = 8 }, Token);

        Assert.True(Math.Abs(adapted - plain) > 0.1, $"{adapted} and {plain}");
        Assert.Equal(adapted, adapter.Losses[0], 2e-3);
        double together = -(await tiny.Model.ScoreAsync(score with { Adapters = [served.Use, adapter.Use] }, Token))[0].Average();
        Assert.True(together < adapter.Losses[^1] && together < adapted, $"{together} after {string.Join(' ', adapter.Losses)}");
    }

    [Fact]
    public async Task Dispose_LeavesTheServedAdapterToTheBit()
    {
        await using ITemporaryAdapter served = await tiny.Source.AdaptAsync(TinyModel.Request(Question, OtherAnswer), Token);
        float[] before = await tiny.ProbeAsync(Question, served.Use);
        float[] plain = await tiny.ProbeAsync(Question);
        string hash = TinyModel.HashOf(tiny.Model.Weights);

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (cycle, token) =>
        {
            await using ITemporaryAdapter adapter = await tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer, (ulong)cycle) with { Adapters = [served.Use] }, token);
            Assert.NotEqual(before, await tiny.ProbeAsync(Question, served.Use, adapter.Use));
        });

        Assert.Equal(before, await tiny.ProbeAsync(Question, served.Use));
        Assert.Equal(plain, await tiny.ProbeAsync(Question));
        Assert.Equal(hash, TinyModel.HashOf(tiny.Model.Weights));
    }

    // The trainer is one and the same: what lay beneath one adaptation must not reach the next.
    [Fact]
    public async Task AdaptAsync_AfterOneOverAnAdapter_IsOverTheBaseAgain()
    {
        using var fresh = new AdaptableChatClient(tiny.Model, adaptation: new AdaptationOptions { MaximumTrainers = 1 });
        IAdaptationSource source = fresh.GetService<IAdaptationSource>()!;
        await using ITemporaryAdapter served = await source.AdaptAsync(TinyModel.Request(Question, OtherAnswer) with { Steps = 12 }, Token);
        await using ITemporaryAdapter first = await source.AdaptAsync(TinyModel.Request(Question, Answer), Token);

        await (await source.AdaptAsync(TinyModel.Request(Question, Answer) with { Adapters = [served.Use] }, Token)).DisposeAsync();
        await using ITemporaryAdapter again = await source.AdaptAsync(TinyModel.Request(Question, Answer), Token);

        Assert.Equal(first.Losses, again.Losses);
    }

    [Fact]
    public async Task AdaptedClient_MakesAdaptersOverThoseOfItsRole()
    {
        await using ITemporaryAdapter served = await tiny.Source.AdaptAsync(TinyModel.Request(Question, OtherAnswer) with { Steps = 12 }, Token);
        using var role = new AdaptedChatClient(tiny.Client, [served.Use]);
        await using ITemporaryAdapter expected = await tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer) with { Adapters = [served.Use] }, Token);

        await using ITemporaryAdapter adapter = await role.GetService<IAdaptationSource>()!.AdaptAsync(TinyModel.Request(Question, Answer), Token);

        Assert.Equal(expected.Losses, adapter.Losses);
    }

    [Fact]
    public async Task AdaptAsync_OverAnUnknownOrDoraAdapter_IsRefused()
    {
        using (AdapterTrainer<float> trainer = new(tiny.Model.Weights, tiny.Model.Kernels, new AdapterTrainerOptions { MaximumRows = 16, Adapter = new AdapterOptions { Kind = AdapterKind.Dora, Rank = 2 } }))
        {
            tiny.Model.Adapters.Add("dora", trainer.ToAdapter("dora"));
        }

        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(() => tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer) with { Adapters = [new AdapterUse("nobody")] }, Token).AsTask());
        AdaptationException dora = await Assert.ThrowsAsync<AdaptationException>(() => tiny.Source.AdaptAsync(TinyModel.Request(Question, Answer) with { Adapters = [new AdapterUse("dora")] }, Token).AsTask());

        Assert.Contains("'nobody'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("'dora', which is DoRA", dora.Message, StringComparison.Ordinal);
        Assert.True(tiny.Model.Adapters.Unload("dora"));
    }
}
