using System.Reflection;
using Agents.Testing.Conformance;

namespace Agents.Plugins.TestTimeImprovement.Tests;

/// <summary>The built folder, with its completed manifest, through the real plugin host.</summary>
public sealed class PluginLoadingTests
{
    private static readonly string Folder = typeof(PluginLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PluginFolder").Value!;

    [Fact]
    public Task LoadAndUnload_BuiltFolder_RunsAndLeavesNothingAlive() => PluginFolderConformance.VerifyAsync(
        new PluginFolderSubject(
            Folder,
            "test-time-improvement",
            ImprovementScript.Drawing,
            ("test-time-improvement", """{"pairs":2}"""),
            ("test-time-improvement", """{"estimator":"disagreement","update":"icl"}""")) { Samples = 2 },
        TestContext.Current.CancellationToken);
}
