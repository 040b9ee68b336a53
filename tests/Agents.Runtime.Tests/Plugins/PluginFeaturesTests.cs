using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Tests.Plugins;

public sealed class PluginFeaturesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("plugin-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task SolveAsync_PluginThrowsAnArgumentError_PassesItToTheCaller()
    {
        string folder = PluginSource.Install(_root, "broken", PluginSource.Good.Replace("await Task.Yield();", "await Task.Yield(); new List<int>()[3].ToString();", StringComparison.Ordinal));
        await using var host = new PluginHost(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        using FeatureUse<IReasoningStrategy>? use = new PluginFeatures(new FeatureTable(), host).Acquire<IReasoningStrategy>("echo");

        for (int i = 0; i < 3; i++)
        {
            // The list's own check throws an ArgumentException: that one is the caller's to see and no fault.
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DrainAsync(use!.Feature));
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
        using FeatureUse<IReasoningStrategy>? use = new PluginFeatures(new FeatureTable(), host).Acquire<IReasoningStrategy>("echo");

        for (int i = 0; i < 3; i++)
        {
            PluginException error = await Assert.ThrowsAsync<PluginException>(() => DrainAsync(use!.Feature));
            Assert.Contains("Plugin 'broken' failed while answering with 'echo'", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(PluginState.Disabled, host.List().Single().State);
        Assert.Null(new PluginFeatures(new FeatureTable(), host).Acquire<IReasoningStrategy>("echo"));
    }

    [Fact]
    public async Task Acquire_UnknownId_FindsNothing()
    {
        await using var host = new PluginHost(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);

        Assert.Null(new PluginFeatures(new FeatureTable(), host).Acquire<IReasoningStrategy>("echo"));
        Assert.Empty(new PluginFeatures(new FeatureTable(), host).List<IReasoningStrategy>());
    }

    private static async Task DrainAsync(IReasoningStrategy strategy)
    {
        await foreach (ReasoningUpdate _ in strategy.SolveAsync(ReasoningTask.FromQuestion("hi"), null!, TestContext.Current.CancellationToken))
        {
        }
    }
}
