using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Testing.Conformance;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>papers/16 §2.3: where candidates come from.</summary>
public sealed class CandidateSourceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Fact]
    public async Task Templates_EachCandidateReadsAnotherWay()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 3"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"diversity":"templates"}""", 5);

        string[] prompts = [.. model.Calls.Take(5).Select(call => call.Messages[^1].Text.Trim())];
        Assert.Equal((6, "3"), (result.Usage.Calls, result.Answer!.FinalAnswer));
        Assert.Equal(StrategyBench.Task.Question, prompts[0]);
        Assert.All(prompts, prompt => Assert.StartsWith(StrategyBench.Task.Question, prompt, StringComparison.Ordinal));
        Assert.Equal((4, prompts[0]), (prompts.Distinct().Count(), prompts[4]));
    }

    [Fact]
    public async Task Languages_EachCandidateWorksInAnother()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 3"));

        await new StrategyBench(model).SolveAsync("self-aggregation", """{"diversity":"languages"}""", 3);

        Assert.Equal(
            [true, true, true],
            new[] { "English", "German", "French" }.Zip(model.Calls, (language, call) => call.Messages[^1].Text.Contains($"write in {language}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Diverse_OneCallFails_AggregatesTheOthers()
    {
        ScriptedChatClient inner = StrategyBench.Scripted(["Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 3"));
        var model = new FaultyChatClient(inner) { FailFirst = 1, HideGroupSampler = true };

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"diversity":"templates"}""");

        Assert.Equal(("3", 2), (result.Answer!.FinalAnswer, (int)result.Answer.Details["candidates"]!));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Diverse_Keeps(string rule) => Conformance(rule, """{"diversity":"templates"}""", PluginFeatureTable.Of(new Plugin()));

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Nested_Keeps(string rule) => Conformance(rule, """{"candidatesFrom":"direct"}""", PluginFeatureTable.Of(new Plugin()));

    [Fact]
    public async Task CandidatesFrom_AnotherStrategy_ItsAnswersAreAggregated()
    {
        int votes = 0;
        ScriptedChatClient model = new ScriptedChatClient()
            .On(StrategyBench.Aggregate, new ScriptedAnswer("Answer: 9"))
            .On("", (_, _) => $"Answer: {Interlocked.Increment(ref votes) / 4}");

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"candidatesFrom":"self-consistency"}""", 3);

        Assert.Equal(((3 * 4) + 1, "9", 3), (result.Usage.Calls, result.Answer!.FinalAnswer, (int)result.Answer.Details["candidates"]!));
        Assert.Equal(3, result.Trace.Count(node => node.Name == "self-consistency"));
    }

    [Fact]
    public async Task CandidatesFrom_WeightedList_TakesAllOfIt()
    {
        FeatureTable features = PluginFeatureTable.Of(new Plugin()).Add<IReasoningStrategy>(new FeatureInfo("lists", "Gives a list."), new DelegateStrategy(Lists));
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 0"], (StrategyBench.Aggregate, "Answer: 2"));

        ReasoningResult result = await new StrategyBench(model, features: features).SolveAsync("self-aggregation", """{"candidatesFrom":"lists"}""", 3);

        Assert.Equal((1, 3, false), (result.Usage.Calls, (int)result.Answer!.Details["candidates"]!, (bool)result.Answer.Details["novel"]!));
        string prompt = model.Calls[0].Messages[^1].Text;
        Assert.True(prompt.IndexOf("### Attempt 1\n7", StringComparison.Ordinal) < prompt.IndexOf("### Attempt 3\n2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CandidatesFrom_SmallBudget_StopsBeforeTheAggregationIsLost()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 9"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", new ReasoningRequest
        {
            Options = StrategyBench.Options("""{"candidatesFrom":"self-consistency"}""", 9), Budget = new Budget { Calls = 10 },
        });

        Assert.Equal((9, "9", 2), (result.Usage.Calls, result.Answer!.FinalAnswer, (int)result.Answer.Details["candidates"]!));
    }

    [Theory]
    [InlineData("""{"diversity":"style"}""", "diversity")]
    [InlineData("""{"diversity":5}""", "diversity is 5")]
    [InlineData("""{"candidatesFrom":""}""", "candidatesFrom is empty")]
    [InlineData("""{"candidatesFrom":"direct","diversity":"languages"}""", "candidatesFrom names the strategy")]
    [InlineData("""{"candidatesFrom":"direkt"}""", "direkt")]
    public async Task Settings_ThatDoNotFit_AreRefused(string settings, string expected)
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1"]);

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => new StrategyBench(model).SolveAsync("self-aggregation", settings));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    private static Task Conformance(string rule, string settings, FeatureTable features)
    {
        ScriptedChatClient Model() => new ScriptedChatClient()
            .On(StrategyBench.Aggregate, (_, stream) => $"So it is. Answer: {stream.NextInt(90)}")
            .On("", (_, stream) => $"It may be. Answer: {stream.NextInt(90)}");
        return new StrategyConformance(new ConformanceSubject("self-aggregation", features, StrategyBench.Prompts, Model)
        {
            Options = StrategyBench.Options(settings), Streams = true, HasSteps = !settings.Contains("direct", StringComparison.Ordinal),
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);
    }

    private static async IAsyncEnumerable<ReasoningUpdate> Lists(
        ReasoningTask task, IReasoningContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        WeightedCandidate[] items = [new("2", .6) { Index = 2 }, new("7", .3) { Index = 0 }, new("5", .1) { Index = 1 }];
        yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, "2"))
        {
            FinalAnswer = "2", Details = new Dictionary<string, object?> { [WeightedCandidates.DetailName] = new WeightedCandidates(items) },
        });
        await Task.CompletedTask;
    }
}
