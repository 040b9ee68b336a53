using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Auto.Tests.Strategies;

public sealed class LadderTests
{
    private const string Ladder = """{"ladder":[{"strategy":"self-consistency","samples":3},{"strategy":"self-aggregation","samples":3,"settings":{"resampleTemperature":0}}]}""";

    // A model right with p = .7, its wrong answers uniform over 9 values, and an aggregator right with .9: every figure in closed form.
    [Fact]
    public async Task Ladder_KnownAccuracies_HasTheExactAccuracyAndCost()
    {
        const int Tasks = 4000;
        const double P = .7;
        const double Wrong = (1 - P) / 9;
        double agree = (P * P) + (9 * Wrong * Wrong);
        double allDiffer = (3 * P * ((1 - P) * (1 - P) - (9 * Wrong * Wrong))) + (9 * 8 * 7 * Wrong * Wrong * Wrong);
        double majorityRight = (P * P * P) + (3 * P * P * (1 - P));
        double calls = LadderLaw.ExpectedCost((2, agree), (3, 1 - allDiffer), (4, 1));
        double accuracy = LadderLaw.Accuracy((P * P, agree), (majorityRight, 1 - allDiffer), (.9, 1));
        ScriptedChatClient model = new ScriptedChatClient()
            .On(StrategyShelf.Aggregate, (_, stream) => stream.NextUnit() < .9 ? "Answer: R" : "Answer: W")
            .On("", (_, stream) => $"Answer: {(stream.NextUnit() < P ? "R" : $"{stream.NextInt(9)}")}");
        List<(bool Right, int Calls, int Rung)> seen = new(Tasks);
        for (int i = 0; i < Tasks; i++)
        {
            ReasoningResult result = await StrategyShelf.SolveAsync(model, "auto", PluginBench.Options(Ladder, seed: 7), task: PluginBench.Task with { Id = $"ladder-{i}" });
            seen.Add((result.Answer!.FinalAnswer == "R", result.Usage.Calls, (int)result.Answer.Details["rung"]!));
        }

        Assert.Equal([2, 5, 9], seen.Select(one => one.Calls).Distinct().Order());
        AssertRate(agree, seen.Select(one => one.Rung == 0));
        AssertRate((1 - agree) * allDiffer, seen.Select(one => one.Rung == 2));
        AssertRate(accuracy, seen.Select(one => one.Right));
        double mean = seen.Average(one => one.Calls);
        double error = Math.Sqrt(seen.Average(one => (one.Calls - mean) * (one.Calls - mean)) / Tasks);
        Assert.InRange(mean, calls - (4 * error), calls + (4 * error));
    }

    [Theory]
    [InlineData("1,1", 2, 0, "direct: agreement 1 ≥ 1")]
    [InlineData("1,2,3,3,1", 5, 1, "direct: agreement 0.5 < 1; self-consistency: agreement 0.667 ≥ 0.6")]
    [InlineData("1,2,3,4,5,6,7,8", 9, 2, "direct: agreement 0.5 < 1; self-consistency: agreement 0.333 < 0.6; self-aggregation: agreement 0.333 < 0.6")]
    public async Task Answers_StopTheLadder_WhereTheyAgree(string answers, int calls, int rung, string decision)
    {
        ReasoningResult result = await StrategyShelf.SolveAsync(InTurn(answers), "auto", PluginBench.Options(Ladder));

        Assert.Equal((calls, rung, decision), (result.Usage.Calls, (int)result.Answer!.Details["rung"]!, (string)result.Answer.Details["decision"]!));
        Assert.Equal("agreement", result.Answer.Details["certaintySource"]);
        Assert.Equal(decision.Split("; "), result.Trace.Where(node => node.Notes.ContainsKey("decision")).Select(node => node.Notes["decision"]));
    }

    [Theory]
    [InlineData(0.97, 0.02, 1, "direct: margin 0.95 ≥ 0.8")]
    [InlineData(0.6, 0.3, 4, "direct: margin 0.3 < 0.8; self-consistency: agreement 1 ≥ 0.6")]
    public async Task Margin_WhereTheModelGivesLogProbabilities_SavesTheSecondSample(double own, double rival, int calls, string decision)
    {
        using var model = new MarginClient(InTurn("5"), own, rival);

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "auto", PluginBench.Options(Ladder));

        Assert.Equal((calls, decision, "margin"), (result.Usage.Calls, (string)result.Answer!.Details["decision"]!, (string)result.Answer.Details["certaintySource"]!));
        Assert.Equal(own - rival, (double)result.Answer.Details["certainty"]!, 5);
    }

    [Fact]
    public async Task Margin_SwitchedOff_DrawsASecondSample()
    {
        using var model = new MarginClient(InTurn("5"), .99, .005);

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "auto", PluginBench.Options("""{"useLogProbabilities":false}"""));

        Assert.Equal((2, "agreement"), (result.Usage.Calls, (string)result.Answer!.Details["certaintySource"]!));
    }

    [Theory]
    [InlineData(1, 1, "direct: agreement unknown")]
    [InlineData(2, 2, "direct: agreement 0.5 < 1")]
    [InlineData(3, 2, "direct: agreement 0.5 < 1")]
    [InlineData(6, 6, "direct: agreement 0.5 < 1; self-consistency: agreement 0.5 < 0.6; self-aggregation: agreement unknown")]
    public async Task CallBudget_EndsTheLadderWhereARungWouldSayNothing(int budget, int calls, string decision)
    {
        ReasoningResult result = await StrategyShelf.SolveAsync(InTurn("1,2,3,4,5,6,7,8"), "auto", PluginBench.Options(Ladder), new Budget { Calls = budget });

        Assert.Equal((calls, decision, StoppedBecause.Completed), (result.Usage.Calls, (string)result.Answer!.Details["decision"]!, result.StoppedBecause));
    }

    [Fact]
    public async Task Rung_ThatFails_LeavesTheAnswerBeforeItAndTheNextRungItsTurn()
    {
        int calls = 0;
        var model = new HangingChatClient(InTurn("1,2,3,3,3"), _ => Interlocked.Increment(ref calls) is > 2 and < 6) { Error = static () => new HttpRequestException("Service unavailable.") };

        ReasoningResult result = await StrategyShelf.SolveAsync(model, "auto", PluginBench.Options(Ladder));

        Assert.StartsWith("direct: agreement 0.5 < 1; self-consistency failed; self-aggregation: agreement 1", (string)result.Answer!.Details["decision"]!, StringComparison.Ordinal);
        Assert.Equal("3", result.Answer.FinalAnswer);
    }

    [Theory]
    [InlineData("""{"margin":2}""", "margin is 2")]
    [InlineData("""{"agreement":0}""", "agreement is 0")]
    [InlineData("""{"secondTemperature":-1}""", "secondTemperature is -1")]
    [InlineData("""{"ladder":[]}""", "ladder has 0 rungs")]
    [InlineData("""{"ladder":["auto"]}""", "ladder names 'auto' itself")]
    [InlineData("""{"ladder":["direct",""]}""", "a rung without a name")]
    [InlineData("""{"ladder":[{"strategi":"direct"}]}""", "no 'strategi'")]
    [InlineData("""{"ladder":"direct"}""", "ladder")]
    [InlineData("""{"margins":1}""", "margins")]
    public async Task Settings_ThatDoNotFit_AreRefusedBeforeAnyCall(string settings, string expected)
    {
        ScriptedChatClient model = InTurn("1");

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => StrategyShelf.SolveAsync(model, "auto", PluginBench.Options(settings)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public void Descriptions_NameExactlyTheSettings() => Assert.Equal(
        AutoSettings.Descriptions.Keys.Order(StringComparer.Ordinal), SettingsJson.Default.AutoSettings.Properties.Select(property => property.Name).Where(name => name != "rungs").Order(StringComparer.Ordinal));

    private static ScriptedChatClient InTurn(string answers)
    {
        string[] texts = answers.Split(',');
        int next = -1;
        return new ScriptedChatClient().On("", (_, _) => $"Answer: {texts[Math.Min(Interlocked.Increment(ref next), texts.Length - 1)]}");
    }

    private static void AssertRate(double expected, IEnumerable<bool> outcomes)
    {
        bool[] all = [.. outcomes];
        double rate = all.Average(outcome => outcome ? 1.0 : 0.0);
        double error = Math.Sqrt(expected * (1 - expected) / all.Length);
        Assert.InRange(rate, expected - (4 * error), expected + (4 * error));
    }
}
