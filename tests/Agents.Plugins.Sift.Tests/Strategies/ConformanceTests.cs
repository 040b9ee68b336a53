using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.Sift.Tests.Strategies;

public sealed class ConformanceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Sift_Keeps(string rule) => VerifyAsync(rule, "{}", null, 2);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task SiftConsistency_Keeps(string rule) => VerifyAsync(rule, """{"coupling":"sift","maxStage":2}""", 3, 2);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task StickerConsistency_Keeps(string rule) => VerifyAsync(rule, """{"coupling":"sticker","consensus":"questionWithBoth"}""", 2, 4);

    // Before the first stage has answered, a sticker is all there is: no draft.
    private static Task VerifyAsync(string rule, string settings, int? samples, int callsUntilDraft) => new StrategyConformance(
        new ConformanceSubject(SiftStrategy.Id, PluginFeatureTable.Of(new Plugin()), PluginBench.ShippedPrompts, SiftScript.Drawing)
        {
            Options = PluginBench.Options(settings, samples),
            CallsUntilDraft = callsUntilDraft,
            Streams = false,
        }).VerifyAsync(rule, TestContext.Current.CancellationToken);
}
