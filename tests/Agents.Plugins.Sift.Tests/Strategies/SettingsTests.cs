using Agents.Testing;

namespace Agents.Plugins.Sift.Tests.Strategies;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("""{"maxStage":0}""", "maxStage is 0, it must be 1, 2 or 3 (0 with answerWith)")]
    [InlineData("""{"maxStage":4}""", "maxStage is 4")]
    [InlineData("""{"answerWith":""}""", "answerWith is empty")]
    [InlineData("""{"answerWith":{"samples":2}}""", "needs its id under 'strategy'")]
    [InlineData("""{"answerWith":{"strategy":"direct","sample":2}}""", "no 'sample'")]
    [InlineData("""{"answerWith":{"strategy":"direct","samples":"two"}}""", "The value of 'samples'")]
    [InlineData("""{"answerWith":"direct","coupling":"sticker"}""", "answerWith is given, which needs one sticker")]
    [InlineData("""{"maxStage":2,"skipForward":true}""", "skipForward leads to stage 3")]
    [InlineData("""{"repeatForward":0,"repeatInverse":9}""", "repeatForward is 0, it must lie in 1 … 8; repeatInverse is 9")]
    [InlineData("""{"consensus":5}""", "consensus is 5")]
    [InlineData("""{"consensus":"both"}""", "consensus")]
    [InlineData("""{"coupling":"all"}""", "coupling")]
    [InlineData("""{"structured":"yes"}""", "structured")]
    [InlineData("""{"cpStrategy":"a"}""", "cpStrategy")]
    [InlineData("[]", "object")]
    public async Task Value_OutOfRangeOrUnknown_IsRefusedBeforeAnyCall(string settings, string expected)
    {
        ScriptedChatClient model = SiftScript.Drawing();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new PluginBench(new Plugin(), model).SolveAsync(
            SiftStrategy.Id, PluginBench.Options(settings), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public void Descriptions_NameExactlyTheSettings() => Assert.Equal(
        SiftSettings.Descriptions.Keys.Order(StringComparer.Ordinal), SettingsJson.Default.SiftSettings.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
}
