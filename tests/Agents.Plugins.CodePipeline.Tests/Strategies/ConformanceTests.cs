using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.CodePipeline.Tests.Strategies;

public sealed class ConformanceTests
{
    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task Debug_Keeps(string rule) => VerifyAsync(rule, """{"flow":"debug","maxRepairs":2}""", 1);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task AnalystCoderTesterDebug_Keeps(string rule) => VerifyAsync(rule, """{"flow":"act-debug","maxRepairs":1,"maxTesterFixes":1}""", 2);

    [Theory]
    [MemberData(nameof(Rules))]
    public Task AnalystCoderTester_Keeps(string rule) => VerifyAsync(rule, """{"flow":"act","maxTesterFixes":2}""", 2);

    // Before the coder has answered, a plan is all there is: no draft.
    private static Task VerifyAsync(string rule, string settings, int callsUntilDraft)
    {
        FeatureTable features = new FeatureTable().Add(
            new FeatureInfo(CodePipelineStrategy.Id, "test"), (IReasoningStrategy)new CodePipelineStrategy(FakeRunner.Of(FakeRunner.Failing())));
        return new StrategyConformance(
            new ConformanceSubject(CodePipelineStrategy.Id, features, PluginBench.ShippedPrompts, CodeScript.Drawing)
            {
                Task = CodeScript.Task,
                Options = PluginBench.Options(settings),
                CallsUntilDraft = callsUntilDraft,
                Streams = false,
            }).VerifyAsync(rule, TestContext.Current.CancellationToken);
    }
}
