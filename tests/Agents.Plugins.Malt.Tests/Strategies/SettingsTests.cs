using Agents.Testing;

namespace Agents.Plugins.Malt.Tests.Strategies;

public sealed class SettingsTests
{
    [Theory]
    [InlineData(MaltStrategy.Id, """{"pipeline":"vr"}""", "pipeline")]
    [InlineData(MaltStrategy.Id, """{"pipeline":8}""", "pipeline is 8, it must be gvr, gv, gr or g")]
    [InlineData(MaltStrategy.Id, """{"verifierAdapter":""}""", "verifierAdapter is empty")]
    [InlineData(MaltStrategy.Id, """{"generatorAdapter":"","refinerAdapter":""}""", "generatorAdapter is empty, name an adapter or leave it out; refinerAdapter is empty")]
    [InlineData(MaltStrategy.Id, """{"votes":3}""", "there is no 'votes'")]
    [InlineData(MaltStrategy.Id, "[]", "object")]
    [InlineData(MaltTreeStrategy.Id, """{"threshold":1}""", "threshold is 1, it must lie in [0, 1)")]
    [InlineData(MaltTreeStrategy.Id, """{"threshold":-0.1,"pooling":7}""", "threshold is -0.1, it must lie in [0, 1); pooling is 7")]
    [InlineData(MaltTreeStrategy.Id, """{"pooling":"max"}""", "pooling")]
    public async Task Value_OutOfRangeOrUnknown_IsRefusedBeforeAnyCall(string strategy, string settings, string expected)
    {
        ScriptedChatClient model = MaltScript.Drawing();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new PluginBench(new Plugin(), model).SolveAsync(
            strategy, PluginBench.Options(settings), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(expected.Replace("there is no ", "", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public async Task Branching_TooLargeForATree_IsRefused()
    {
        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => new PluginBench(new Plugin(), MaltScript.Drawing()).SolveAsync(
            MaltTreeStrategy.Id, PluginBench.Options(samples: 11), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("samples is 11", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptions_NameExactlyTheSettings()
    {
        Assert.Equal(MaltSettings.Descriptions.Keys.Order(StringComparer.Ordinal), SettingsJson.Default.MaltSettings.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal(MaltTreeSettings.Descriptions.Keys.Order(StringComparer.Ordinal), SettingsJson.Default.MaltTreeSettings.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
    }
}
