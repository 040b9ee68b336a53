using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.Auto.Tests.Strategies;

public sealed class ConformanceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Auto_Keeps(string rule) => VerifyAsync(AutoStrategy.Id, rule, "{}");

    [Theory]
    [MemberData(nameof(Rules))]
    public Task AutoOverOtherPlugins_Keeps(string rule) =>
        VerifyAsync(AutoStrategy.Id, rule, """{"agreement":1,"ladder":[{"strategy":"verbalized-sampling"},{"strategy":"malt","samples":2,"settings":{"pipeline":"gr"}}]}""");

    [Theory]
    [MemberData(nameof(Rules))]
    public Task SelfAggregationOverMalt_Keeps(string rule) =>
        VerifyAsync("self-aggregation", rule, """{"candidatesFrom":{"strategy":"malt","samples":1,"settings":{"pipeline":"gr"}}}""", 2);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task BestOfNOverLists_Keeps(string rule) => VerifyAsync("best-of-n", rule, """{"candidatesFrom":"verbalized-sampling"}""", 1);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task SiftBeforeSelfConsistency_Keeps(string rule) =>
        VerifyAsync("sift", rule, """{"maxStage":1,"answerWith":{"strategy":"self-consistency","samples":3}}""", callsUntilDraft: 6);

    // Before a nested strategy has answered there is nothing to keep.
    private static Task VerifyAsync(string strategy, string rule, string settings, int callsUntilDraft = 1) => new StrategyConformance(
        new ConformanceSubject(strategy, StrategyShelf.All, PluginBench.ShippedPrompts, StrategyShelf.Drawing)
        {
            Options = PluginBench.Options(settings), CallsUntilDraft = callsUntilDraft, HasSteps = false,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);
}
