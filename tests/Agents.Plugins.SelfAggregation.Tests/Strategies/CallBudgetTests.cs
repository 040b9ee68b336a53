using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>Calls are the currency of the comparison (papers/16 §2: everything at N = 4), so each strategy's count is exact, budgets included.</summary>
public sealed class CallBudgetTests
{
    private const string Settings = """{"resampleTemperature":0}""";

    [Theory]
    [InlineData("direct", 1)]
    [InlineData("self-consistency", 4)]
    [InlineData("universal-self-consistency", 3 + 1)]
    [InlineData("self-aggregation", 3 + 1)]
    [InlineData("best-of-n", 3 + 3)]
    [InlineData("self-refine", 1 + 2)]
    public async Task Defaults_DifferentSamples_CostTheCallsOfTheComparison(string strategy, int calls)
    {
        ScriptedChatClient model = Model();

        ReasoningResult result = await new StrategyBench(model).SolveAsync(strategy);

        Assert.Equal((calls, calls, StoppedBecause.Completed), (result.Usage.Calls, model.Calls.Count, result.StoppedBecause));
    }

    [Theory]
    [InlineData("best-of-n", """{"votes":4}""", 2, 2 + (2 * 4))]
    [InlineData("self-refine", """{"rounds":3}""", null, 1 + (3 * 2))]
    [InlineData("self-aggregation", """{"rounds":1}""", 5, (5 * 1) + 1)]
    [InlineData("self-aggregation", """{"rounds":2}""", 3, (3 * 2) + 1)]
    [InlineData("self-aggregation", """{"rounds":4}""", 2, (2 * 4) + 1)]
    public async Task Settings_MoreWork_CostWhatTheFormulaSays(string strategy, string settings, int? samples, int calls)
    {
        ReasoningResult result = await new StrategyBench(Model()).SolveAsync(strategy, settings, samples);

        Assert.Equal(calls, result.Usage.Calls);
    }

    [Fact]
    public async Task BestOfN_HostVerifier_CostsOnlyTheCandidates()
    {
        ReasoningResult result = await new StrategyBench(Model(), new LastWins()).SolveAsync("best-of-n");

        Assert.Equal((3, "Answer: 3", 3.0 / 9), (result.Usage.Calls, result.Answer!.Text, result.Answer.Details["score"]));
        Assert.Equal([1.0 / 9, 2.0 / 9, 3.0 / 9], result.Trace.Where(node => node.Kind == TraceNodeKind.Call).Select(node => node.Value!.Value));
    }

    // Fewer candidates, but the stage that makes the method what it is stays: also where the last call lies beyond the soft limit.
    [Theory]
    [InlineData("self-consistency", 2, 2, 2)]
    [InlineData("self-aggregation", 1, 1, 1)]
    [InlineData("self-aggregation", 2, 2, 1)]
    [InlineData("self-aggregation", 3, 3, 2)]
    [InlineData("self-aggregation", 4, 4, 3)]
    [InlineData("self-aggregation", 8, 8, 7)]
    [InlineData("universal-self-consistency", 1, 1, 1)]
    [InlineData("universal-self-consistency", 2, 1, 1)]
    [InlineData("universal-self-consistency", 8, 8, 7)]
    [InlineData("best-of-n", 1, 1, 1)]
    [InlineData("best-of-n", 4, 4, 2)]
    [InlineData("best-of-n", 7, 6, 3)]
    [InlineData("self-refine", 2, 1, 1)]
    public async Task CallBudget_SmallerThanWanted_ReducesCandidates(string strategy, int budget, int calls, int candidates)
    {
        ScriptedChatClient model = Model();

        ReasoningResult result = await new StrategyBench(model).SolveAsync(strategy, new ReasoningRequest
        {
            Options = strategy == "self-aggregation" ? StrategyBench.Options(Settings, samples: 9) : new StrategyOptions { Samples = 9 },
            Budget = new Budget { Calls = budget },
        });

        Assert.Equal((calls, StoppedBecause.Completed), (result.Usage.Calls, result.StoppedBecause));
        Assert.Equal(candidates, model.Calls.Count(call => call.Messages[^1].Text == StrategyBench.Task.Question));
        Assert.NotNull(result.Answer!.FinalAnswer);
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(8, 7)]
    public async Task Rounds_BudgetTooSmallForARound_KeepsTheAggregate(int budget, int expected)
    {
        ReasoningResult result = await new StrategyBench(Model()).SolveAsync("self-aggregation", new ReasoningRequest
        {
            Options = StrategyBench.Options("""{"rounds":3}"""), Budget = new Budget { Calls = budget },
        });

        Assert.Equal((expected == 3 ? 4 : 7, "Answer: 5"), (result.Usage.Calls, result.Answer!.Text));
    }

    // Seven words for each sample; the aggregation prompt alone has more than what is left, so the call would be cut off after one word.
    [Theory]
    [InlineData("self-aggregation", 3)]
    [InlineData("universal-self-consistency", 3)]
    public async Task TokenBudget_TooSmallForStageTwo_GivesTheDraft(string strategy, int calls)
    {
        ReasoningResult result = await new StrategyBench(Model()).SolveAsync(strategy, new ReasoningRequest { Budget = new Budget { Tokens = 60, SoftShare = 1 } });

        Assert.Equal((calls, StoppedBecause.Completed, "Answer: 1"), (result.Usage.Calls, result.StoppedBecause, result.Answer!.Text));
    }

    [Theory]
    [InlineData("self-aggregation", 3)]
    [InlineData("universal-self-consistency", 3)]
    [InlineData("best-of-n", 3)]
    [InlineData("self-refine", 1)]
    public async Task SoftTokenLimit_AfterTheCandidates_ConcludesWithoutLaterStages(string strategy, int calls)
    {
        ReasoningResult result = await new StrategyBench(Model()).SolveAsync(
            strategy, new ReasoningRequest { Budget = new Budget { Tokens = 10_000, SoftShare = 0.0006 } });

        Assert.Equal((calls, StoppedBecause.Completed, "Answer: 1"), (result.Usage.Calls, result.StoppedBecause, result.Answer!.Text));
    }

    [Fact]
    public async Task StopAtLead_DecidedEarly_SavesCalls()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 7", "Answer: 7", "Answer: 7", "Answer: 8"]);

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-consistency", """{"stopAtLead":true}""", samples: 5);

        Assert.Equal((3, "7"), (result.Usage.Calls, result.Answer!.FinalAnswer));
        Assert.Equal(["1", "2", "3"], result.Trace.Where(node => node.Kind == TraceNodeKind.Call).Select(node => node.Notes["candidate"]));
    }

    [Theory]
    [InlineData("self-aggregation", 3)]
    [InlineData("universal-self-consistency", 3)]
    [InlineData("best-of-n", 3)]
    [InlineData("self-refine", 1)]
    public async Task Duration_HangingLaterStage_EndsWithTheDraft(string strategy, int calls)
    {
        ScriptedChatClient inner = Model();
        var model = new HangingChatClient(inner, prompt => prompt != StrategyBench.Task.Question);
        var bench = new StrategyBench(model);
        Task<ReasoningResult> solving = bench.SolveAsync(strategy, new ReasoningRequest { Budget = new Budget { Duration = TimeSpan.FromSeconds(30) } });
        await model.Hanging;

        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        ReasoningResult result = await solving;

        Assert.Equal((StoppedBecause.Duration, "Answer: 1", calls), (result.StoppedBecause, result.Answer!.Text, inner.Calls.Count));
    }

    private static ScriptedChatClient Model() => StrategyBench.Scripted(
        ["Answer: 1", "Answer: 2", "Answer: 3", "Answer: 4"],
        (StrategyBench.Aggregate, "Answer: 5"), (StrategyBench.Choose, "choice: 2"), (StrategyBench.Verify, "verdict: wrong"), (StrategyBench.Revise, "Answer: 6"),
        (StrategyBench.Feedback, "Step 2 is wrong. verdict: wrong"));

    private sealed class LastWins : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new Verdict(null, (request.Response[^1] - '0') / 9.0));
    }
}
