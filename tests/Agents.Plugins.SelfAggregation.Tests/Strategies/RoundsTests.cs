using System.Text.RegularExpressions;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Testing.Conformance;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>papers/16 §2.4: a population of P answers, each rewritten from K random ones, R times; P · (1 + R) calls, one more for a final aggregate.</summary>
public sealed partial class RoundsTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [InlineData(3, 1, null, "aggregate", (3 * 1) + 1)]
    [InlineData(4, 3, 2, "aggregate", (4 * 3) + 1)]
    [InlineData(4, 3, 2, "vote", 4 * 3)]
    [InlineData(5, 2, null, "vote", 5 * 2)]
    [InlineData(2, 2, 9, "aggregate", (2 * 2) + 1)]
    public async Task Rounds_CostWhatTheFormulaSays(int samples, int rounds, int? members, string conclude, int calls)
    {
        ScriptedChatClient model = Drawing();

        ReasoningResult result = await new StrategyBench(model).SolveAsync(
            "self-aggregation", $$"""{"rounds":{{rounds}},"members":{{members?.ToString() ?? "null"}},"conclude":"{{conclude}}","resampleTemperature":0}""", samples);

        Assert.Equal((calls, calls, samples), (result.Usage.Calls, model.Calls.Count, result.Answer!.Details["candidates"]));
    }

    [Fact]
    public async Task Members_EveryAggregationReadsSoManyRandomOnes()
    {
        ScriptedChatClient model = Drawing();

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"rounds":2,"members":2,"resampleTemperature":0}""", 6);

        string[][] read = [.. model.Calls.Select(call => call.Messages[^1].Text).Where(text => text.Contains(StrategyBench.Aggregate, StringComparison.Ordinal)).Select(Attempts)];
        Assert.Equal(7, read.Length);
        Assert.All(read, attempts => Assert.Equal(2, attempts.Length));
        Assert.True(read.Take(6).Select(attempts => string.Join('|', attempts)).Distinct().Count() >= 3, "all members of a round read the same");
        Assert.Equal(2, result.Answer!.Details["shown"]);
        string[] rewritten = [.. model.Calls.Select(call => call.Text).Skip(6).Take(6)];
        Assert.All(read[6], attempt => Assert.Contains(attempt, rewritten));
    }

    [Fact]
    public async Task Members_SameSeed_ReadsTheSame()
    {
        async Task<string> RunAsync(ulong seed)
        {
            var bench = new StrategyBench(Drawing());
            ReasoningResult result = await bench.SolveAsync("self-aggregation", new ReasoningRequest
            {
                Options = StrategyBench.Options("""{"rounds":3,"members":2,"resampleTemperature":0}""", 5) with { Seed = seed },
            });
            return string.Join('|', result.Trace.Select(node => node.Text));
        }

        Assert.Equal(await RunAsync(5), await RunAsync(5));
        Assert.NotEqual(await RunAsync(5), await RunAsync(6));
    }

    [Fact]
    public async Task Vote_CountsTheRewrittenOnesAndReportsTheSampledOnes()
    {
        int rewritten = 0;
        ScriptedChatClient model = new ScriptedChatClient()
            .On(StrategyBench.Aggregate, (_, _) => $"Answer: {(Interlocked.Increment(ref rewritten) == 1 ? 8 : 9)}")
            .On("", (_, stream) => $"Way {stream.NextBits()}. Answer: 1");

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"rounds":2,"conclude":"vote"}""");

        Assert.Equal(("9", 6, true), (result.Answer!.FinalAnswer, result.Usage.Calls, (bool)result.Answer.Details["novel"]!));
        Assert.Equal((1.0, 2.0 / 3), ((double)result.Answer.Details["agreement"]!, (double)result.Answer.Details["lastAgreement"]!));
    }

    [Fact]
    public async Task Members_OneRewriteFails_KeepsThatCandidate()
    {
        int calls = 0;
        ScriptedChatClient inner = Drawing();
        var model = new HangingChatClient(inner, text => text.Contains(StrategyBench.Aggregate, StringComparison.Ordinal) && Interlocked.Increment(ref calls) == 2)
        {
            Error = static () => new HttpRequestException("Service unavailable."),
        };

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"rounds":2,"members":2,"conclude":"vote","resampleTemperature":0}""", 4);

        Assert.NotNull(result.Answer!.FinalAnswer);
        Assert.Single(result.Trace, node => node.Error is not null);
        Assert.Equal(8, result.Trace.Count(node => node.Kind == TraceNodeKind.Call));
    }

    [Theory]
    [InlineData("templates")]
    [InlineData("languages")]
    public async Task Resample_OtherSourcesOfDiversity_AreDrawnAgainToo(string diversity)
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1"], (StrategyBench.Aggregate, "Answer: 2"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", $$"""{"diversity":"{{diversity}}"}""");

        Assert.Equal(7, result.Usage.Calls);
        Assert.Equal([0.8f, 0.8f, 0.8f, 1.2f, 1.2f, 1.2f, 0f], model.Calls.Select(call => call.Options!.Temperature!.Value));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Members_Keeps(string rule) => new StrategyConformance(
        new ConformanceSubject("self-aggregation", PluginFeatureTable.Of(new Plugin()), StrategyBench.Prompts, Drawing)
        {
            Options = StrategyBench.Options("""{"rounds":2,"members":2}"""), Streams = true,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Vote_Keeps(string rule) => new StrategyConformance(
        new ConformanceSubject("self-aggregation", PluginFeatureTable.Of(new Plugin()), StrategyBench.Prompts, Drawing)
        {
            Options = StrategyBench.Options("""{"rounds":2,"conclude":"vote"}"""), Streams = false,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);

    private static ScriptedChatClient Drawing() => new ScriptedChatClient()
        .On(StrategyBench.Aggregate, (_, stream) => $"So it is. Answer: {stream.NextInt(90)}")
        .On("", (_, stream) => $"It may be. Answer: {stream.NextInt(90)}");

    private static string[] Attempts(string prompt) => [.. Attempt().Matches(prompt).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"### Attempt \d+\n([^\n]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Attempt();
}
