using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

public sealed class SelfAggregationTests
{
    // papers/16 §5, unit vectors.
    [Theory]
    [InlineData("12,12,15", "12", 2.0 / 3, 2, false)]
    [InlineData("12,12,15", "15", 2.0 / 3, 2, false)]
    [InlineData("12,12,15", "13", 2.0 / 3, 2, true)]
    [InlineData("12,15,18", "18", 1.0 / 3, 3, false)]
    [InlineData("12,15,18", "12", 1.0 / 3, 3, false)]
    [InlineData("12,15,18", "21", 1.0 / 3, 3, true)]
    public async Task Aggregate_UnitVectors_GiveAgreementAndNovelty(string samples, string aggregate, double agreement, int distinct, bool novel)
    {
        ReasoningResult result = await SolveAsync(samples, aggregate);

        Assert.Equal(aggregate, result.Answer!.FinalAnswer);
        Assert.Equal(agreement, (double)result.Answer.Details["agreement"]!, 12);
        Assert.Equal((distinct, 3, novel, 3), ((int)result.Answer.Details["distinct"]!, (int)result.Answer.Details["candidates"]!, (bool)result.Answer.Details["novel"]!, (int)result.Answer.Details["shown"]!));
    }

    [Fact]
    public async Task Aggregate_WithoutFinalAnswer_IsNotNovel()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2", "Answer: 3"], (StrategyBench.Aggregate, "I cannot say."));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation");

        Assert.Equal("I cannot say.", result.Answer!.Text);
        Assert.Null(result.Answer.FinalAnswer);
        Assert.Equal(false, result.Answer.Details["novel"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<think>and so on")]
    public async Task Aggregate_Empty_GivesTheVote(string aggregate)
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2", "Answer: 2"], (StrategyBench.Aggregate, aggregate));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation");

        Assert.Equal("2", result.Answer!.FinalAnswer);
    }

    [Fact]
    public async Task Stages_Temperatures_AreThoseOfTheMethod()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 1"));

        await new StrategyBench(model).SolveAsync("self-aggregation");
        await new StrategyBench(model).SolveAsync("self-aggregation", new ReasoningRequest { Options = StrategyBench.Options("""{"aggregateTemperature":0.5}""") with { Temperature = 0.25 } });

        Assert.Equal([0.8f, 0.8f, 0.8f, 0, 0.25f, 0.25f, 0.25f, 0.5f], model.Calls.Select(call => call.Options!.Temperature!.Value));
    }

    [Theory]
    [InlineData("7,7,7", true, 3, "7")]
    [InlineData("7,7,8", true, 4, "9")]
    [InlineData("7,7,-", true, 4, "9")]
    [InlineData("7,7,7", false, 4, "9")]
    public async Task EarlyExit_AllAgree_SavesACall(string samples, bool earlyExit, int calls, string expected)
    {
        ReasoningResult result = await SolveAsync(samples, "9", $$"""{"earlyExit":{{(earlyExit ? "true" : "false")}}}""");

        Assert.Equal((calls, expected), (result.Usage.Calls, result.Answer!.FinalAnswer));
    }

    [Fact]
    public async Task EarlyExit_IdenticalTexts_DoesNotResample()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1"], (StrategyBench.Aggregate, "Answer: 2"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"earlyExit":true}""");

        Assert.Equal((3, "1"), (result.Usage.Calls, result.Answer!.FinalAnswer));
    }

    [Theory]
    [InlineData("{}", null, 3 + 3 + 1, 1.2f)]
    [InlineData("""{"resampleTemperature":1.5}""", null, 3 + 3 + 1, 1.5f)]
    [InlineData("""{"resampleTemperature":0}""", null, 3 + 1, 0.8f)]
    [InlineData("""{"resampleTemperature":0.5}""", null, 3 + 1, 0.8f)]
    [InlineData("{}", 6, 3 + 1, 0.8f)]
    [InlineData("{}", 7, 3 + 3 + 1, 1.2f)]
    public async Task Resample_IdenticalTexts_HappensOnceHotterAndWithinTheBudget(string settings, int? budget, int calls, float temperature)
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1"], (StrategyBench.Aggregate, "Answer: 2"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", new ReasoningRequest
        {
            Options = StrategyBench.Options(settings), Budget = new Budgets.Budget { Calls = budget },
        });

        Assert.Equal((calls, "2"), (result.Usage.Calls, result.Answer!.FinalAnswer));
        Assert.Equal(temperature, model.Calls[^2].Options!.Temperature);
    }

    [Fact]
    public async Task Rounds_Two_AggregateTheRewrittenCandidatesAndReportTheSampledOnes()
    {
        int aggregations = 0;
        int samples = 0;
        ScriptedChatClient model = new ScriptedChatClient()
            .On(StrategyBench.Aggregate, (_, _) => $"Answer: 1{Interlocked.Increment(ref aggregations)}")
            .On("", (_, _) => $"Answer: {Interlocked.Increment(ref samples)}");

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"rounds":2}""");

        Assert.Equal(["candidates", "round 1", "aggregate"], result.Trace.Where(node => node.Kind == TraceNodeKind.Step).Select(node => node.Name));
        string last = model.Calls[^1].Messages[^1].Text;
        Assert.All(new[] { "Answer: 11", "Answer: 12", "Answer: 13" }, text => Assert.Contains(text, last, StringComparison.Ordinal));
        Assert.Equal(("14", true, 1.0 / 3), (result.Answer!.FinalAnswer, (bool)result.Answer.Details["novel"]!, (double)result.Answer.Details["agreement"]!));
    }

    [Fact]
    public async Task Candidates_OneCallFails_AggregatesTheOthers()
    {
        ScriptedChatClient inner = StrategyBench.Scripted(["Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 3"));
        var model = new FaultyChatClient(inner) { FailFirst = 1, HideGroupSampler = true };

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation");

        Assert.Equal(("3", 2, 2), (result.Answer!.FinalAnswer, result.Answer.Details["candidates"], result.Answer.Details["shown"]));
        Assert.Single(result.Trace, node => node.Error is not null);
    }

    private static Task<ReasoningResult> SolveAsync(string samples, string aggregate, string settings = "{}")
    {
        // Texts differ where answers do not, so that nothing is sampled again.
        string[] texts = [.. samples.Split(',').Select((answer, index) => answer == "-" ? "no idea" : $"Way {index}. Answer: {answer}")];
        return new StrategyBench(StrategyBench.Scripted(texts, (StrategyBench.Aggregate, $"Answer: {aggregate}"))).SolveAsync("self-aggregation", settings);
    }
}
