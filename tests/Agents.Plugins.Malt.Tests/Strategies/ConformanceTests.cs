using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.Malt.Tests.Strategies;

public sealed class ConformanceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Malt_Keeps(string rule) => VerifyAsync(MaltStrategy.Id, rule, 3);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Tree_Keeps(string rule) => VerifyAsync(MaltTreeStrategy.Id, rule, 2);

    private static Task VerifyAsync(string strategy, string rule, int samples) => new StrategyConformance(
        new ConformanceSubject(strategy, PluginFeatureTable.Of(new Plugin()), PluginBench.ShippedPrompts, MaltScript.Drawing)
        {
            Options = PluginBench.Options(samples: samples),
            Streams = false,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);
}
