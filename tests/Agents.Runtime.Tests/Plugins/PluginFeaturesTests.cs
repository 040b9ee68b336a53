using Agents.Reasoning;
using Agents.Runtime.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Tests.Plugins;

public sealed class PluginFeaturesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("plugin-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task SolveAsync_PluginThrows_NamesThePluginAndDisablesItAfterThree()
    {
        string folder = PluginSource.Install(_root, "broken", PluginSource.Good.Replace("await Task.Yield();", "await Task.Yield(); new List<int>()[3].ToString();", StringComparison.Ordinal));
        await using var host = new PluginHost(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        var features = new PluginFeatures(host);
        Assert.True(features.TryGet("echo", out IReasoningStrategy? strategy));

        for (int i = 0; i < 3; i++)
        {
            // The list's own check throws an ArgumentException: that one is the caller's to see and no fault.
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DrainAsync(strategy));
        }

        Assert.Equal(PluginState.Active, host.List().Single().State);
    }

    [Theory]
    [InlineData("throw new InvalidOperationException(\"oops\");")]
    [InlineData("string none = null; none.ToString();")]
    [InlineData("new Dictionary<string, int>()[\"x\"].ToString();")]
    public async Task SolveAsync_PluginFails_IsCountedAsItsFault(string code)
    {
        string folder = PluginSource.Install(_root, "broken", PluginSource.Good.Replace("await Task.Yield();", "await Task.Yield(); if (task.Question.Length > 0) { " + code + " }", StringComparison.Ordinal));
        await using var host = new PluginHost(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        Assert.True(new PluginFeatures(host).TryGet("echo", out IReasoningStrategy? strategy));

        for (int i = 0; i < 3; i++)
        {
            PluginException error = await Assert.ThrowsAsync<PluginException>(() => DrainAsync(strategy));
            Assert.Contains("Plugin 'broken' failed while answering with 'echo'", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(PluginState.Disabled, host.List().Single().State);
        PluginException gone = await Assert.ThrowsAsync<PluginException>(() => DrainAsync(strategy));
        Assert.Contains("was unloaded", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryGet_UnknownId_FindsNothing()
    {
        await using var host = new PluginHost(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);

        Assert.False(new PluginFeatures(host).TryGet("echo", out IReasoningStrategy? _));
        Assert.Empty(new PluginFeatures(host).List<IReasoningStrategy>());
    }

    private static async Task DrainAsync(IReasoningStrategy strategy)
    {
        await foreach (ReasoningUpdate _ in strategy.SolveAsync(ReasoningTask.FromQuestion("hi"), null!, TestContext.Current.CancellationToken))
        {
        }
    }
}
