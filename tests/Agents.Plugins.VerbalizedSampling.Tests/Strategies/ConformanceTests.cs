using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.VerbalizedSampling.Tests.Strategies;

public sealed class ConformanceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Standard_Keeps(string rule) => VerifyAsync(rule, "{}", 12);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Multi_Keeps(string rule) => VerifyAsync(rule, """{"variant":"multi"}""", 12);

    private static Task VerifyAsync(string rule, string settings, int samples) => new StrategyConformance(
        new ConformanceSubject(VerbalizedSamplingStrategy.Id, PluginFeatureTable.Of(new Plugin()), PluginBench.ShippedPrompts, VerbalizedScript.Drawing)
        {
            Options = PluginBench.Options(settings, samples),
            Streams = false,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);
}
