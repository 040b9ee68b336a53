using System.Runtime.CompilerServices;
using System.Text.Json;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Budgets;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Reasoning;

public sealed class ReasoningEngineTests
{
    [Fact]
    public async Task SolveAsync_OneCall_GivesAnswerUsageAndTrace()
    {
        var fixture = new EngineFixture();

        ReasoningResult result = await fixture.SolveAsync("one");

        Assert.Equal(("Answer: 1", "one", "scripted-1", StoppedBecause.Completed), (result.Answer!.Text, result.Strategy, result.Model, result.StoppedBecause));
        Assert.Equal((6, 2, 1), (result.Usage.PromptTokens, result.Usage.CompletionTokens, result.Usage.Calls));
        Assert.Equal([(0, null, TraceNodeKind.Strategy), (1, (int?)0, TraceNodeKind.Call)], result.Trace.Select(node => (node.Id, node.ParentId, node.Kind)));
        TraceNode call = result.Trace[1];
        Assert.Equal(("default", "Answer: 1", 6, 2, null), (call.Role, call.Text, call.PromptTokens, call.CompletionTokens, call.Error));
        Assert.All(result.Trace, node => Assert.NotNull(node.Duration));
    }

    [Fact]
    public async Task SolveAsync_SameSeed_GivesTheSameTraceAndAnotherSeedDoesNot()
    {
        ReasoningResult[] results = await Task.WhenAll(new ulong[] { 7, 7, 8 }.Select(seed =>
            new EngineFixture().SolveAsync("vote", new ReasoningRequest { Options = new StrategyOptions { Seed = seed, Samples = 12 } })));

        string[] texts = [.. results.Select(result => string.Join('|', result.Trace.Select(node => $"{node.Id}:{node.ParentId}:{node.Text}")))];
        Assert.Equal(texts[0], texts[1]);
        Assert.NotEqual(texts[0], texts[2]);
    }

    [Fact]
    public async Task SolveAsync_NativeGroupAndParallelCalls_GiveTheSameSamples()
    {
        var native = new EngineFixture();
        var parallel = new EngineFixture(new ScriptedChatClient(new ScriptedChatClientOptions { GroupSampling = false })
            .On("", new ScriptedAnswer("Answer: 1", 3), new ScriptedAnswer("Answer: 2")));
        var request = new ReasoningRequest { Options = new StrategyOptions { Samples = 16 } };

        ReasoningResult one = await native.SolveAsync("vote", request);
        ReasoningResult other = await parallel.SolveAsync("vote", request);

        Assert.Equal(one.Trace.Select(node => node.Text), other.Trace.Select(node => node.Text));
        Assert.Equal(16, other.Usage.Calls);
        Assert.Contains(one.Trace, node => node.Text == "Answer: 2");
        Assert.All(one.Trace.Where(node => node.Kind == TraceNodeKind.Call), node => Assert.Equal((1, node.Text![^1..]), (node.ParentId, node.Notes["answer"])));
    }

    [Fact]
    public async Task SolveAsync_GroupLargerThanTheCallBudget_IsCutToTheBudget()
    {
        var fixture = new EngineFixture();

        ReasoningResult result = await fixture.SolveAsync(
            "vote", new ReasoningRequest { Options = new StrategyOptions { Samples = 9 }, Budget = new Budget { Calls = 4 } });

        Assert.Equal((4, 4), (result.Usage.Calls, fixture.Scripted.Calls.Count));
        Assert.Equal("4 of 9", result.Trace[1].Notes["groupCutTo"]);
        Assert.Equal(StoppedBecause.Completed, result.StoppedBecause);
    }

    [Fact]
    public async Task SolveAsync_GroupOverTheTokenBudget_IsHeldInsideItByOutputLimits()
    {
        var model = new ScriptedChatClient().On("", new ScriptedAnswer(string.Join(' ', Enumerable.Repeat("w", 1000))));
        var fixture = new EngineFixture(model);

        ReasoningResult result = await fixture.SolveAsync(
            "vote", new ReasoningRequest { Options = new StrategyOptions { Samples = 8 }, Budget = new Budget { Tokens = 400 } });

        Assert.All(model.Calls, call => Assert.InRange(call.Options!.MaxOutputTokens!.Value, 1, 50));
        Assert.InRange(result.Usage.Tokens, 200, 400);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, 30, 30)]
    [InlineData(20, 30, 20)]
    [InlineData(40, 30, 30)]
    public async Task SolveAsync_MaxTokensOption_LimitsEveryCall(int? asked, int? option, int? expected)
    {
        var fixture = new EngineFixture();

        await fixture.Engine.SolveAsync(
            "one", EngineFixture.Question with { Options = new ChatOptions { MaxOutputTokens = asked } },
            new ReasoningRequest { Options = new StrategyOptions { MaxTokens = option } }, TestContext.Current.CancellationToken);

        Assert.Equal(expected, Assert.Single(fixture.Scripted.Calls).Options!.MaxOutputTokens);
    }

    [Fact]
    public async Task SolveAsync_CallBudgetUsedUp_ReturnsTheBestDraft()
    {
        var fixture = new EngineFixture().Add("greedy", GreedyAsync);

        ReasoningResult result = await fixture.SolveAsync("greedy", new ReasoningRequest { Budget = new Budget { Calls = 3 } });

        Assert.Equal(("draft 3", StoppedBecause.Calls, 3), (result.Answer!.Text, result.StoppedBecause, result.Usage.Calls));

        static async IAsyncEnumerable<ReasoningUpdate> GreedyAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int i = 1; ; i++)
            {
                await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
                yield return EngineFixture.Draft($"draft {i}");
            }
        }
    }

    [Fact]
    public async Task SolveAsync_BudgetUsedUpWithoutDraft_SalvagesTheLatestAnswerOfAWriter()
    {
        var fixture = new EngineFixture().Add("loop", LoopAsync);

        ReasoningResult result = await fixture.SolveAsync("loop", new ReasoningRequest { Budget = new Budget { Calls = 3 } });

        Assert.Equal(StoppedBecause.Calls, result.StoppedBecause);
        Assert.Equal(result.Trace[3].Text, result.Answer!.Text);
        Assert.Equal(3, result.Answer.Details["salvagedFromNode"]);
        Assert.Equal(result.Answer.Text[^1..], result.Answer.FinalAnswer);
    }

    [Fact]
    public async Task SolveAsync_StrategyConcludesAfterARefusedCall_KeepsItsAnswerAndNamesTheLimit()
    {
        var fixture = new EngineFixture().Add("wise", WiseAsync);

        ReasoningResult result = await fixture.SolveAsync("wise", new ReasoningRequest { Budget = new Budget { Calls = 1 } });

        Assert.Equal(("concluded", StoppedBecause.Calls), (result.Answer!.Text, result.StoppedBecause));

        static async IAsyncEnumerable<ReasoningUpdate> WiseAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            await Assert.ThrowsAsync<BudgetExceededException>(() => context.Model().GetResponseAsync(task.Messages, null, cancellationToken));
            yield return EngineFixture.Answer("concluded");
        }
    }

    [Fact]
    public async Task SolveAsync_DurationReachedDuringACall_CancelsItAndKeepsTheTrace()
    {
        var fixture = new EngineFixture();
        var slow = new EngineFixture(new ScriptedChatClient(new ScriptedChatClientOptions { Latency = TimeSpan.FromSeconds(60), Time = fixture.Clock }).On("", new ScriptedAnswer("late")));
        var engine = new ReasoningEngine(slow.Features, MemoryPrompts.Empty, LabelledAnswerFormat.Instance, RoleModels.Single(slow.Model), time: fixture.Clock);

        Task<ReasoningResult> solving = engine.SolveAsync(
            "one", EngineFixture.Question, new ReasoningRequest { Budget = new Budget { Duration = TimeSpan.FromSeconds(10) } }, TestContext.Current.CancellationToken);
        await fixture.Clock.WaitForTimersAsync(2, TestContext.Current.CancellationToken); // the budget's and the call's
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        ReasoningResult result = await solving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((StoppedBecause.Duration, null, TimeSpan.FromSeconds(10)), (result.StoppedBecause, result.Answer, result.Usage.Elapsed));
        Assert.Contains("10 s", result.Trace[1].Error, StringComparison.Ordinal);
        Assert.All(result.Trace, node => Assert.NotNull(node.Duration));
    }

    [Fact]
    public async Task SolveAsync_StrategyThatHangsAfterTheLimit_IsLeftBehind()
    {
        var never = new TaskCompletionSource();
        var fixture = new EngineFixture().Add("hang", (_, _, _) => HangAsync(never.Task));

        Task<ReasoningResult> solving = fixture.SolveAsync("hang", new ReasoningRequest { Budget = new Budget { Duration = TimeSpan.FromSeconds(1) } });
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await fixture.Clock.WaitForTimersAsync(1, TestContext.Current.CancellationToken); // the grace
        Assert.False(solving.IsCompleted);
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        ReasoningResult result = await solving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(("so far", StoppedBecause.Duration, "true"), (result.Answer!.Text, result.StoppedBecause, result.Trace[0].Notes["leftBehind"]));
        never.SetResult();

        static async IAsyncEnumerable<ReasoningUpdate> HangAsync(Task never)
        {
            yield return EngineFixture.Draft("so far");
            await never;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SolveAsync_CallerCancels_ThrowsOrKeepsTheDraft(bool keep)
    {
        using var cancel = new CancellationTokenSource();
        var fixture = new EngineFixture().Add("draft", (_, _, token) => DraftAsync(cancel, token));

        Task<ReasoningResult> solving = fixture.SolveAsync("draft", new ReasoningRequest { KeepDraftOnCancel = keep }, cancel.Token);

        if (keep)
        {
            ReasoningResult result = await solving;
            Assert.Equal(("so far", StoppedBecause.Cancelled), (result.Answer!.Text, result.StoppedBecause));
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solving);
        }

        static async IAsyncEnumerable<ReasoningUpdate> DraftAsync(CancellationTokenSource cancel, [EnumeratorCancellation] CancellationToken token)
        {
            yield return EngineFixture.Draft("so far");
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        }
    }

    [Fact]
    public async Task SolveAsync_SoftLimit_IsSeenByTheStrategy()
    {
        var fixture = new EngineFixture().Add("careful", CarefulAsync);

        ReasoningResult result = await fixture.SolveAsync("careful", new ReasoningRequest { Budget = new Budget { Calls = 10, SoftShare = 0.5 } });

        Assert.Equal((5, StoppedBecause.Completed), (result.Usage.Calls, result.StoppedBecause));

        static async IAsyncEnumerable<ReasoningUpdate> CarefulAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (!context.Budget.SoftLimitReached)
            {
                await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            }

            yield return EngineFixture.Answer("done");
        }
    }

    [Fact]
    public async Task SolveAsync_PricedModel_ChargesCost()
    {
        var fixture = new EngineFixture();
        var models = new RoleModels(new RoleModel(fixture.Scripted) { Prices = new TokenPrices(1_000_000, 2_000_000) });

        ReasoningResult result = await fixture.SolveAsync("one", new ReasoningRequest { Models = models });

        Assert.Equal(10m, result.Usage.Cost); // 6 prompt tokens at 1 and 2 completion tokens at 2
    }

    [Theory]
    [InlineData("vot", "Did you mean 'vote'? Known: one, vote.")]
    [InlineData("xyzzy", "Known: one, vote.")]
    public async Task SolveAsync_UnknownStrategy_NamesTheNearestAndAll(string id, string expected)
    {
        var error = await Assert.ThrowsAsync<StrategyNotFoundException>(() => new EngineFixture().SolveAsync(id));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SolveAsync_MisspeltSetting_NamesTheNearest()
    {
        var fixture = new EngineFixture().Add("set", (_, _, _) => AsyncEnumerable.Repeat<ReasoningUpdate>(EngineFixture.Answer("x"), 1), "rounds", "width");
        static ReasoningRequest With(string json) => new() { Options = new StrategyOptions { Settings = JsonDocument.Parse(json).RootElement } };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => fixture.SolveAsync("set", With("""{"round": 2}""")));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.SolveAsync("set", With("[1]")));

        Assert.Contains("'round'. Did you mean 'rounds'?", error.Message, StringComparison.Ordinal);
        Assert.Equal("x", (await fixture.SolveAsync("set", With("""{"rounds": 2}"""))).Answer!.Text);
    }

    [Fact]
    public async Task SolveAsync_BrokenContracts_AreReportedByName()
    {
        EngineFixture fixture = new EngineFixture()
            .Add("silent", (_, _, _) => AsyncEnumerable.Empty<ReasoningUpdate>())
            .Add("chatty", (_, _, _) => AsyncEnumerable.Repeat<ReasoningUpdate>(EngineFixture.Answer("x"), 2))
            .Add("faulty", (_, _, _) => throw new InvalidOperationException("boom"))
            .Add("late", (_, _, _) => AsyncEnumerable.Range(0, 1).Select<int, ReasoningUpdate>(_ => throw new FormatException("bad")));

        foreach ((string id, string expected) in new[]
        {
            ("silent", "'silent' ended without an answer"),
            ("chatty", "'chatty' yields AnswerUpdate after its answer"),
            ("faulty", "'faulty' failed: InvalidOperationException: boom"),
            ("late", "'late' failed: FormatException: bad"),
        })
        {
            var error = await Assert.ThrowsAsync<ReasoningException>(() => fixture.SolveAsync(id));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SolveAsync_NoModel_SaysSo()
    {
        var engine = new ReasoningEngine(new EngineFixture().Features, MemoryPrompts.Empty, LabelledAnswerFormat.Instance);

        var error = await Assert.ThrowsAsync<ArgumentException>(() => engine.SolveAsync("one", EngineFixture.Question, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("no models", error.Message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<ReasoningUpdate> LoopAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            yield return new StepFinishedUpdate(0);
        }
    }
}
