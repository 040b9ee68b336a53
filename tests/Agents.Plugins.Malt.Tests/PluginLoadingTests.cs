using System.Reflection;
using Agents.Testing.Conformance;

namespace Agents.Plugins.Malt.Tests;

/// <summary>The built folder, with its completed manifest, through the real plugin host.</summary>
public sealed class PluginLoadingTests
{
    private static readonly string Folder = typeof(PluginLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PluginFolder").Value!;

    [Fact]
    public Task LoadAndUnload_BuiltFolder_RunsAndLeavesNothingAlive() => PluginFolderConformance.VerifyAsync(
        new PluginFolderSubject(
            Folder,
            "malt",
            MaltScript.Drawing,
            ("malt-tree", """{"pooling":"local"}"""),
            ("malt", """{"pipeline":"gvr"}""")) { Samples = 2, Strategies = ["malt", "malt-tree"] },
        TestContext.Current.CancellationToken);
}
