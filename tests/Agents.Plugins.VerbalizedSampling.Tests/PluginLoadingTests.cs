using System.Reflection;
using Agents.Testing.Conformance;

namespace Agents.Plugins.VerbalizedSampling.Tests;

/// <summary>The built folder, with its completed manifest, through the real plugin host.</summary>
public sealed class PluginLoadingTests
{
    private static readonly string Folder = typeof(PluginLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PluginFolder").Value!;

    [Fact]
    public Task LoadAndUnload_BuiltFolder_RunsAndLeavesNothingAlive() => PluginFolderConformance.VerifyAsync(
        new PluginFolderSubject(
            Folder,
            "verbalized-sampling",
            // JSON, elements and lines are all parsed.
            () => VerbalizedScript.Lists(VerbalizedScript.Json(("Answer: 1", .5)), "<response><text>Answer: 2</text></response>", "0.5 Answer: 3"),
            ("verbalized-sampling", """{"variant":"cot","candidates":1,"structured":true}""")) { Samples = 3 },
        TestContext.Current.CancellationToken);
}
