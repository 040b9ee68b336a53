using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("self-aggregation", "rouds", "rounds", "candidateOrder")]
    [InlineData("self-consistency", "stopAtLeed", "stopAtLead", "stopAtLead")]
    [InlineData("universal-self-consistency", "maxTokens", "maxCandidateTokens", "maxCandidateTokens")]
    [InlineData("best-of-n", "vote", "votes", "verifyTemperature")]
    [InlineData("self-refine", "Rounds", "rounds", "stopWhenRight")]
    public async Task MisspeltName_ThroughTheEngineAndDirectly_ListsTheKnownNames(string strategy, string name, string meant, string other)
    {
        StrategyOptions options = StrategyBench.Options($$"""{"{{name}}":1}""");
        var described = new StrategyBench(Answering());
        var bare = new StrategyBench(Answering(), features: Undescribed(strategy));

        foreach (StrategyBench bench in new[] { described, bare })
        {
            ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => bench.SolveAsync(strategy, new ReasoningRequest { Options = options }));

            Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
            Assert.Contains($"'{strategy}'", error.Message, StringComparison.Ordinal);
            Assert.Contains(meant, error.Message, StringComparison.Ordinal);
            Assert.Contains(other, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"anything":1}""")]
    [InlineData("[1]")]
    public async Task Direct_AnySetting_IsRefused(string settings)
    {
        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new StrategyBench(Answering()).SolveAsync("direct", settings));

        Assert.Contains("'direct'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("self-aggregation", """{"rounds":0}""", "rounds is 0, it must lie in 1 … 8")]
    [InlineData("self-aggregation", """{"rounds":9}""", "rounds is 9")]
    [InlineData("self-aggregation", """{"aggregateTemperature":-0.1}""", "aggregateTemperature is -0.1")]
    [InlineData("self-aggregation", """{"resampleTemperature":-1}""", "resampleTemperature is -1")]
    [InlineData("self-aggregation", """{"maxCandidateTokens":15}""", "maxCandidateTokens is 15, it must be at least 16")]
    [InlineData("self-aggregation", """{"candidateOrder":7}""", "candidateOrder is 7")]
    [InlineData("self-aggregation", """{"candidateOrder":"backwards"}""", "candidateOrder")]
    [InlineData("self-aggregation", """{"dedupe":"yes"}""", "dedupe")]
    [InlineData("self-aggregation", """{"members":0}""", "members is 0, it must be at least 1")]
    [InlineData("self-aggregation", """{"conclude":"vote"}""", "conclude is vote, which needs rounds of at least 2")]
    [InlineData("self-consistency", """{"candidatesFrom":"malt","stopAtLead":true}""", "stopAtLead is given")]
    [InlineData("best-of-n", """{"candidatesFrom":""}""", "candidatesFrom is empty")]
    [InlineData("universal-self-consistency", """{"candidatesFrom":3}""", "candidatesFrom")]
    [InlineData("self-aggregation", """{"rounds":0,"maxCandidateTokens":1}""", "rounds is 0, it must lie in 1 … 8; maxCandidateTokens is 1")]
    [InlineData("universal-self-consistency", """{"maxCandidateTokens":0}""", "maxCandidateTokens is 0")]
    [InlineData("best-of-n", """{"votes":0}""", "votes is 0, it must lie in 1 … 64")]
    [InlineData("best-of-n", """{"votes":65,"verifyTemperature":-1}""", "votes is 65, it must lie in 1 … 64; verifyTemperature is -1")]
    [InlineData("self-refine", """{"rounds":0}""", "rounds is 0, it must lie in 1 … 16")]
    [InlineData("self-refine", """{"rounds":17}""", "rounds is 17")]
    [InlineData("self-consistency", """{"stopAtLead":3}""", "stopAtLead")]
    [InlineData("self-consistency", "[]", "object")]
    public async Task ValueOutOfRange_IsRefusedBeforeAnyCall(string strategy, string settings, string expected)
    {
        var model = Answering();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new StrategyBench(model).SolveAsync(strategy, settings));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{strategy}'", error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("self-consistency")]
    [InlineData("universal-self-consistency")]
    [InlineData("best-of-n")]
    [InlineData("self-refine")]
    [InlineData("self-aggregation")]
    public async Task NullOrEmptySettings_AreTheDefaults(string strategy)
    {
        foreach (string settings in new[] { "null", "{}" })
        {
            Assert.Equal("1", (await new StrategyBench(Answering()).SolveAsync(strategy, settings)).Answer!.FinalAnswer);
        }
    }

    [Fact]
    public void Descriptions_OfEveryStrategy_NameExactlyTheSettings()
    {
        AssertNames(SelfAggregationSettings.Descriptions, SettingsJson.Default.SelfAggregationSettings.Properties.Select(property => property.Name));
        AssertNames(Baselines.VotingSettings.Descriptions, SettingsJson.Default.VotingSettings.Properties.Select(property => property.Name));
        AssertNames(Baselines.ChoosingSettings.Descriptions, SettingsJson.Default.ChoosingSettings.Properties.Select(property => property.Name));
        AssertNames(Baselines.BestOfNSettings.Descriptions, SettingsJson.Default.BestOfNSettings.Properties.Select(property => property.Name));
        AssertNames(Baselines.SelfRefineSettings.Descriptions, SettingsJson.Default.SelfRefineSettings.Properties.Select(property => property.Name));
    }

    private static void AssertNames(IReadOnlyDictionary<string, string> descriptions, IEnumerable<string> properties) =>
        Assert.Equal(descriptions.Keys.Order(StringComparer.Ordinal), properties.Order(StringComparer.Ordinal));

    private static ScriptedChatClient Answering() => new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1"));

    // Without described settings the engine leaves the check of names to the strategy.
    private static FeatureTable Undescribed(string strategy) => new FeatureTable().Add(new FeatureInfo(strategy, strategy), PluginFeatureTable.Of(new Plugin()).Acquire<IReasoningStrategy>(strategy)!.Feature);
}
