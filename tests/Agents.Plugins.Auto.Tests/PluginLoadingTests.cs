using System.Reflection;
using Agents.Testing;
using Agents.Testing.Conformance;

namespace Agents.Plugins.Auto.Tests;

/// <summary>The built folder, with its completed manifest, through the real plugin host.</summary>
public sealed class PluginLoadingTests
{
    private static readonly string Folder = typeof(PluginLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PluginFolder").Value!;

    [Fact]
    public Task LoadAndUnload_BuiltFolder_RunsAndLeavesNothingAlive() => PluginFolderConformance.VerifyAsync(
        new PluginFolderSubject(
            Folder,
            "auto",
            () => new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1")),
            ("auto", """{"margin":0.5}"""),
            ("auto", """{"ladder":[{"strategy":"vote","samples":2}]}""")),
        TestContext.Current.CancellationToken);
}
