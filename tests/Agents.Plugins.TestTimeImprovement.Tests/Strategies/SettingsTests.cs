using Agents.Testing;

namespace Agents.Plugins.TestTimeImprovement.Tests.Strategies;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("""{"tau":1.5}""", "tau is 1.5")]
    [InlineData("""{"tauQuantile":1,"warmUp":0}""", "tauQuantile is 1, it must lie between 0 and 1; warmUp is 0")]
    [InlineData("""{"estimator":7}""", "estimator is 7")]
    [InlineData("""{"estimator":"entropy"}""", "estimator")]
    [InlineData("""{"selection":"some"}""", "selection")]
    [InlineData("""{"share":-1}""", "share is -1")]
    [InlineData("""{"pairs":0,"attempts":9}""", "pairs is 0, it must lie in 1 … 64; attempts is 9")]
    [InlineData("""{"generator":"oracle"}""", "generator")]
    [InlineData("""{"synthesisTemperature":-0.1}""", "synthesisTemperature is -0.1")]
    [InlineData("""{"update":9}""", "update is 9")]
    [InlineData("""{"decoding":"beam"}""", "decoding")]
    [InlineData("""{"steps":0,"learningRate":0,"rank":0,"alpha":0}""", "steps is 0, it must lie in 1 … 100; learningRate is 0, it must be positive; rank is 0, it must lie in 1 … 256; alpha is 0")]
    [InlineData("""{"timeBudgetMs":0,"maxAdaptationsPerMinute":0}""", "timeBudgetMs is 0, it must be positive; maxAdaptationsPerMinute is 0")]
    [InlineData("""{"k":2}""", "k")]
    public async Task Value_OutOfRangeOrUnknown_IsRefusedBeforeAnyCall(string settings, string expected)
    {
        ScriptedChatClient model = ImprovementScript.Drawing();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new PluginBench(new Plugin(), model).SolveAsync(
            TestTimeImprovementStrategy.Id, PluginBench.Options(settings), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public void Descriptions_NameExactlyTheSettings() => Assert.Equal(
        TestTimeImprovementSettings.Descriptions.Keys.Order(StringComparer.Ordinal),
        SettingsJson.Default.TestTimeImprovementSettings.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
}
