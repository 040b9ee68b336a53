using Agents.Testing;

namespace Agents.Plugins.VerbalizedSampling.Tests.Strategies;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("""{"variant":"both"}""", "variant")]
    [InlineData("""{"variant":9}""", "variant is 9")]
    [InlineData("""{"candidates":0}""", "candidates is 0, it must lie in 1 … 64")]
    [InlineData("""{"candidates":65}""", "candidates is 65")]
    [InlineData("""{"firstTurn":2}""", "only variant multi has turns")]
    [InlineData("""{"variant":"multi","firstTurn":0}""", "firstTurn is 0")]
    [InlineData("""{"promptTailMax":0}""", "promptTailMax is 0")]
    [InlineData("""{"promptTailMax":1.5}""", "promptTailMax is 1.5")]
    [InlineData("""{"minWeight":-0.1}""", "minWeight is -0.1")]
    [InlineData("""{"keepAtLeast":0}""", "keepAtLeast is 0")]
    [InlineData("""{"words":0}""", "words is 0")]
    [InlineData("""{"retries":9}""", "retries is 9")]
    [InlineData("""{"weights":"soft"}""", "weights")]
    [InlineData("""{"select":5}""", "select is 5")]
    [InlineData("""{"definition":8}""", "definition is 8")]
    [InlineData("""{"candidates":0,"retries":-1}""", "candidates is 0, it must lie in 1 … 64; retries is -1")]
    [InlineData("""{"probabilityDefinition":"explicit"}""", "definition")]
    [InlineData("[]", "object")]
    public async Task Value_OutOfRangeOrUnknown_IsRefusedBeforeAnyCall(string settings, string expected)
    {
        ScriptedChatClient model = VerbalizedScript.Drawing();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new PluginBench(new Plugin(), model).SolveAsync(
            VerbalizedSamplingStrategy.Id, PluginBench.Options(settings), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public void Descriptions_NameExactlyTheSettings() => Assert.Equal(
        VerbalizedSamplingSettings.Descriptions.Keys.Order(StringComparer.Ordinal),
        SettingsJson.Default.VerbalizedSamplingSettings.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
}
