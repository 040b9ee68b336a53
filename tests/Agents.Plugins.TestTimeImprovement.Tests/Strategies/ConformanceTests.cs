using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.TestTimeImprovement.Tests.Strategies;

/// <summary>Behind an endpoint: without scores and adapters.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task TestTimeImprovement_Keeps(string rule) => VerifyAsync(rule, "{}", 3, 3);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task AllInputsWithSeveralPairs_Keeps(string rule) => VerifyAsync(rule, """{"selection":"all","pairs":3,"agree":true,"decoding":"vote"}""", 2, 2);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Nothing_Keeps(string rule) => VerifyAsync(rule, """{"update":"none"}""", 2, 2);

    // The plain answer is a draft only when all samples of the measurement are there.
    private static Task VerifyAsync(string rule, string settings, int? samples, int callsUntilDraft) => new StrategyConformance(
        new ConformanceSubject(TestTimeImprovementStrategy.Id, PluginFeatureTable.Of(new Plugin()), PluginBench.ShippedPrompts, ImprovementScript.Drawing)
        {
            Options = PluginBench.Options(settings, samples),
            CallsUntilDraft = callsUntilDraft,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);
}
