using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>What every strategy promises, for the six strategies of this plugin.</summary>
public sealed class StrategyConformanceTests
{
    private static readonly string[] Strategies = ["direct", "self-consistency", "universal-self-consistency", "best-of-n", "self-refine", "self-aggregation"];

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string strategy in Strategies)
            {
                foreach (string rule in StrategyConformance.Rules)
                {
                    all.Add(strategy, rule);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public Task Strategy_Keeps(string strategy, string rule) => new StrategyConformance(
        new ConformanceSubject(strategy, PluginFeatureTable.Of(new Plugin()), StrategyBench.Prompts, Model)
        {
            Streams = strategy is "direct" or "self-aggregation" or "self-refine",
            HasSteps = strategy != "direct",
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);

    [Fact]
    public void Strategies_AreAllOfThePlugin() =>
        Assert.Equal(Strategies.Order(StringComparer.Ordinal), PluginFeatureTable.Of(new Plugin()).List<Reasoning.IReasoningStrategy>().Select(feature => feature.Id));

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
