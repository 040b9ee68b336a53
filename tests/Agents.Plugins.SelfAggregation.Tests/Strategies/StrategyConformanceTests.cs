using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>What every strategy promises, whatever it does.</summary>
public sealed class StrategyConformanceTests
{
    public static TheoryData<string> All => [.. Plugins.PluginTable.Strategies.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Updates_AnyStrategy_EndWithOneAnswerAndCloseEveryStep(string strategy)
    {
        IReadOnlyList<ReasoningUpdate> updates = await new StrategyBench(Model()).UpdatesAsync(strategy);

        Assert.IsType<ReasoningFinishedUpdate>(updates[^1]);
        Assert.IsType<AnswerUpdate>(updates[^2]);
        Assert.Single(updates.OfType<AnswerUpdate>());
        Assert.Equal(updates.OfType<StepStartedUpdate>().Select(step => step.NodeId).Order(), updates.OfType<StepFinishedUpdate>().Select(step => step.NodeId).Order());
        ReasoningResult result = ((ReasoningFinishedUpdate)updates[^1]).Result;
        Assert.All(result.Trace, node => Assert.NotNull(node.Duration));
        Assert.All(result.Trace.Where(node => node.Kind == TraceNodeKind.Call && strategy != "direct"), node => Assert.Equal(TraceNodeKind.Step, result.Trace[node.ParentId!.Value].Kind));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Tokens_IfStreamed_AreTheTextOfTheAnswer(string strategy)
    {
        IReadOnlyList<ReasoningUpdate> updates = await new StrategyBench(Model()).UpdatesAsync(strategy);

        string streamed = string.Concat(updates.OfType<TokenUpdate>().Select(token => token.Text));
        string answer = updates.OfType<AnswerUpdate>().Single().Answer.Text;
        bool streams = strategy is "direct" or "self-aggregation" or "self-refine";
        Assert.Equal(streams ? answer : "", streamed);
        Assert.Equal(streams, updates.OfType<TokenUpdate>().Count() > 1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task StreamingClient_AnyStrategy_GivesTheAnswerOnceAndNothingElse(string strategy)
    {
        var bench = new StrategyBench(Model());
        using var client = new StrategyChatClient(bench.Engine, strategy);

        ChatResponse whole = await client.GetResponseAsync(StrategyBench.Task.Messages, null, TestContext.Current.CancellationToken);
        ChatResponse streamed = await client.GetStreamingResponseAsync(StrategyBench.Task.Messages, null, TestContext.Current.CancellationToken)
            .ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.Equal(whole.Text, streamed.Text);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Seed_SameSeed_SameTraceAlsoOfConcurrentRequests(string strategy)
    {
        var bench = new StrategyBench(Model());
        Task<string> Trace(ulong seed) => TraceAsync(bench, strategy, new ReasoningRequest { Options = new StrategyOptions { Seed = seed, Samples = 6 } });

        string alone = await Trace(7);
        string[] together = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Trace(i % 2 == 0 ? 7ul : (ulong)i))));

        Assert.All(together.Where((_, i) => i % 2 == 0), trace => Assert.Equal(alone, trace));
        Assert.Contains(together.Where((_, i) => i % 2 == 1), trace => trace != alone);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task PlainClient_WithoutGroupsUsageAndRecords_GivesTheSameTexts(string strategy)
    {
        var request = new ReasoningRequest { Options = new StrategyOptions { Seed = 3 } };
        var plain = new FaultyChatClient(Model()) { HideGroupSampler = true, HideUsage = true };

        Assert.Equal(await TraceAsync(new StrategyBench(Model()), strategy, request), await TraceAsync(new StrategyBench(plain), strategy, request));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task CallBudget_OfOne_IsKeptAndAnswered(string strategy)
    {
        ScriptedChatClient model = Model();

        ReasoningResult result = await new StrategyBench(model).SolveAsync(strategy, new ReasoningRequest { Budget = new Budget { Calls = 1 } });

        Assert.Equal((1, 1, StoppedBecause.Completed), (result.Usage.Calls, model.Calls.Count, result.StoppedBecause));
        Assert.NotNull(result.Answer!.FinalAnswer);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Cancellation_HangingModel_EndsTheRequest(string strategy)
    {
        var model = new HangingStage(Model(), _ => true);
        using var cancel = new CancellationTokenSource();
        Task<ReasoningResult> solving = new StrategyBench(model).Engine.SolveAsync(strategy, StrategyBench.Task, null, cancel.Token);
        await model.Hanging;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solving.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("self-aggregation")]
    [InlineData("universal-self-consistency")]
    [InlineData("best-of-n")]
    [InlineData("self-refine")]
    public async Task Cancellation_InALaterStage_KeepsTheDraftWhenAsked(string strategy)
    {
        var model = new HangingStage(Model(), prompt => prompt != StrategyBench.Task.Question);
        using var cancel = new CancellationTokenSource();
        Task<ReasoningResult> solving = new StrategyBench(model).Engine.SolveAsync(strategy, StrategyBench.Task, new ReasoningRequest { KeepDraftOnCancel = true }, cancel.Token);
        await model.Hanging;

        await cancel.CancelAsync();
        ReasoningResult result = await solving;

        Assert.Equal(StoppedBecause.Cancelled, result.StoppedBecause);
        Assert.NotNull(result.Answer!.FinalAnswer);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task FailingModel_EveryCall_FailsWithTheCause(string strategy)
    {
        var model = new FaultyChatClient(Model()) { FailFirst = int.MaxValue, HideGroupSampler = true };

        ReasoningException error = await Assert.ThrowsAsync<ReasoningException>(() => new StrategyBench(model).SolveAsync(strategy));

        Assert.Contains($"'{strategy}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Service unavailable.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Arguments_Null_AreRefused(string strategy)
    {
        IReasoningStrategy instance = Plugins.PluginTable.Strategies[strategy];

        await Assert.ThrowsAsync<ArgumentNullException>("task", async () => await instance.SolveAsync(null!, null!, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());
        await Assert.ThrowsAsync<ArgumentNullException>("context", async () => await instance.SolveAsync(StrategyBench.Task, null!, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());
    }

    private static async Task<string> TraceAsync(StrategyBench bench, string strategy, ReasoningRequest request)
    {
        ReasoningResult result = await bench.SolveAsync(strategy, request);
        return string.Join('|', result.Trace.Select(node => $"{node.Id}:{node.ParentId}:{node.Role}:{node.Text}:{node.Value}")) + result.Answer!.Text;
    }

    // Every stage draws at random, so that a stream that is not the request's own shows.
    private static ScriptedChatClient Model() => new ScriptedChatClient()
        .On(StrategyBench.Aggregate, Draws("So it is. Answer: "))
        .On(StrategyBench.Choose, new ScriptedAnswer("choice: 1"), new ScriptedAnswer("choice: 2"), new ScriptedAnswer("choice: 3"))
        .On(StrategyBench.Verify, new ScriptedAnswer("verdict: right"), new ScriptedAnswer("verdict: wrong"))
        .On(StrategyBench.Revise, Draws("Now it is. Answer: "))
        .On(StrategyBench.Feedback, new ScriptedAnswer("Check it. verdict: wrong"))
        .On("", Draws("It may be. Answer: "));

    private static ScriptedAnswer[] Draws(string text) => [.. Enumerable.Range(1, 9).Select(i => new ScriptedAnswer(text + i))];
}
