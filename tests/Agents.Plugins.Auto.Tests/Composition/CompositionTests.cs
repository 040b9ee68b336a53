using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;

namespace Agents.Plugins.Auto.Tests.Composition;

/// <summary>Strategies inside strategies through settings, with one budget and one trace.</summary>
public sealed class CompositionTests
{
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (string outer in new[] { "self-aggregation", "self-consistency", "universal-self-consistency", "best-of-n", "sift", "auto" })
            {
                foreach (string inner in StrategyShelf.Ids.Where(id => id != outer))
                {
                    pairs.Add(outer, inner);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task EveryStrategy_AsSourceOfAnother_AnswersInOneTraceAndBudget(string outer, string inner)
    {
        string settings = outer switch
        {
            "sift" => $$"""{"maxStage":0,"answerWith":"{{inner}}"}""",
            "auto" => $$"""{"ladder":["{{inner}}"]}""",
            _ => $$"""{"candidatesFrom":"{{inner}}"}""",
        };
        ScriptedChatClient model = StrategyShelf.Drawing();

        ReasoningResult result = await StrategyShelf.SolveAsync(model, outer, PluginBench.Options(settings, outer is "sift" or "auto" ? null : 2));

        Assert.NotNull(result.Answer!.FinalAnswer);
        Assert.Equal(result.Usage.Calls, model.Calls.Count);
        Assert.Equal(result.Usage.Calls, result.Trace.Count(node => node.Kind == TraceNodeKind.Call));
        Assert.Contains(result.Trace, node => node.Kind == TraceNodeKind.Strategy && node.Name == inner && node.ParentId is not null);
        Assert.All(result.Trace, node => Assert.NotNull(node.Duration));

        foreach (int calls in new[] { 1, result.Usage.Calls / 2, result.Usage.Calls - 1 }.Where(calls => calls > 0))
        {
            ScriptedChatClient limited = StrategyShelf.Drawing();
            ReasoningResult small = await StrategyShelf.SolveAsync(limited, outer, PluginBench.Options(settings, outer is "sift" or "auto" ? null : 2), new Budget { Calls = calls });
            Assert.NotNull(small.Answer);
            Assert.InRange(limited.Calls.Count, 1, calls);
            Assert.Equal(limited.Calls.Count, small.Usage.Calls);
        }
    }

    [Fact]
    public async Task Lists_AsCandidates_KeepTheirWeightsInTheTraceAndNeverDecideByThem()
    {
        // The heaviest answer is named last and once; the vote is for the lighter one.
        const string List = """{"responses":[{"text":"Answer: 4","probability":0.1},{"text":"Answer: 7","probability":0.7},{"text":"Answer: 4","probability":0.2}]}""";
        ScriptedChatClient model = new ScriptedChatClient().On("\"responses\"", new ScriptedAnswer(List)).On("", new ScriptedAnswer("Answer: 4"));

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "self-consistency", PluginBench.Options("""{"candidatesFrom":"verbalized-sampling"}""", 3));

        TraceNode step = result.Trace.Single(node => node.Notes.ContainsKey("weights"));
        Assert.Equal(("4", 1, 2.0 / 3), (result.Answer!.FinalAnswer, result.Usage.Calls, (double)result.Answer.Details["agreement"]!));
        Assert.Equal(("1: 4 | 2: 7 | 3: 4", "1: 0.1 | 2: 0.7 | 3: 0.2"), (step.Notes["answers"], step.Notes["weights"]));
    }

    [Fact]
    public async Task Lists_IntoBestOfN_AreJudgedInOrderOfAppearance()
    {
        const string List = """{"responses":[{"text":"Answer: 1","probability":0.2},{"text":"Answer: 2","probability":0.8}]}""";
        ScriptedChatClient model = new ScriptedChatClient()
            .On("\"responses\"", new ScriptedAnswer(List))
            .On("Answer: 1", new ScriptedAnswer("verdict: right"))
            .On("", new ScriptedAnswer("verdict: wrong"));

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "best-of-n", PluginBench.Options("""{"candidatesFrom":"verbalized-sampling"}""", 2));

        Assert.Equal(("Answer: 1", 3, 1.0), (result.Answer!.Text, result.Usage.Calls, (double)result.Answer.Details["score"]!));
    }

    [Fact]
    public async Task SettingsOfThreeLevels_ReachTheInnermost()
    {
        const string Settings = """
            {"candidatesFrom":{"strategy":"sift","settings":{"maxStage":0,"answerWith":{"strategy":"malt","samples":1,"temperature":0.7,"settings":{"pipeline":"gr"}}}}}
            """;
        ScriptedChatClient model = StrategyShelf.Drawing();

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "self-aggregation", PluginBench.Options(Settings, 2));

        Assert.Equal((2 * (1 + 2)) + 1, result.Usage.Calls);
        Assert.Equal(["self-aggregation", "sift", "malt", "sift", "malt"], result.Trace.Where(node => node.Kind == TraceNodeKind.Strategy).Select(node => node.Name));
        Assert.Equal(4, model.Calls.Count(call => call.Options!.Temperature == 0.7f));
        Assert.All(model.Calls.Where(call => call.Options!.Temperature == 0.7f), call => Assert.Contains("Row of", call.Messages[^1].Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"candidatesFrom":{"strategy":"malt","settings":{"pipelines":"gr"}}}""", "pipelines")]
    [InlineData("""{"candidatesFrom":{"strategy":"mallt"}}""", "malt")]
    public async Task SettingsOfANestedStrategy_AreCheckedBeforeAnyCall(string settings, string expected)
    {
        ScriptedChatClient model = StrategyShelf.Drawing();

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => StrategyShelf.SolveAsync(model, "self-aggregation", PluginBench.Options(settings)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public async Task SmallCallBudget_OneNestedStrategyLeavesCallsForTheOthersAndTheAggregation()
    {
        ScriptedChatClient model = StrategyShelf.Drawing();

        // A pass of three votes of malt costs nine; half of what is left must do.
        ReasoningResult result = await StrategyShelf.SolveAsync(model, "self-aggregation", PluginBench.Options("""{"candidatesFrom":"malt"}""", 2), new Budget { Calls = 10 });

        Assert.Equal((2, StoppedBecause.Completed), ((int)result.Answer!.Details["candidates"]!, result.StoppedBecause));
        Assert.Equal("aggregator", result.Trace.Last(node => node.Kind == TraceNodeKind.Call).Role);
    }

    [Fact]
    public async Task Sticker_BecomesTheFactSheetOfTheOtherStrategy()
    {
        ScriptedChatClient model = StrategyShelf.Drawing();

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "sift", PluginBench.Options("""{"maxStage":0,"answerWith":{"strategy":"self-consistency","samples":3}}"""));

        Assert.Equal(4, result.Usage.Calls);
        Assert.All(model.Calls.Skip(1), call => Assert.Contains(PluginBench.Task.Question, call.Messages[^1].Text, StringComparison.Ordinal));
        Assert.All(model.Calls.Skip(1), call => Assert.Contains("1. Row of", call.Messages[^1].Text, StringComparison.Ordinal));
        Assert.Contains("Row of", (string)result.Answer!.Details["sticker"]!, StringComparison.Ordinal);
        Assert.Equal(3, result.Answer.Details["candidates"]);
    }
}
