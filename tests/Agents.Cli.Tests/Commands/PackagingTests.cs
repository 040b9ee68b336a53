using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary>What stands beside the executable after build, publish and pack.</summary>
public sealed class PackagingTests
{
    private static readonly string[] Companions =
    [
        "plugins/SelfAggregation/Agents.Plugins.SelfAggregation.dll",
        "plugins/SelfAggregation/Agents.Strategies.dll",
        "plugins/SelfAggregation/Agents.Plugins.SelfAggregation.deps.json",
        "plugins/SelfAggregation/plugin.json",
        "plugins/Malt/plugin.json",
        "plugins/Sift/plugin.json",
        "plugins/VerbalizedSampling/plugin.json",
        "plugins/CodePipeline/plugin.json",
        "plugins/CodePipeline/runner/Agents.CodeRunner.dll",
        "plugins/CodePipeline/runner/Agents.CodeRunner.runtimeconfig.json",
        "plugins/CodePipeline/runner/Agents.CodeRunner.deps.json",
        "plugins/CodePipeline/runner/Microsoft.CodeAnalysis.CSharp.dll",
        "prompts/code-pipeline/repair.yaml",
        "prompts/self-aggregation/aggregate.yaml",
        "prompts/self-aggregation/aggregate.tiny.yaml",
    ];

    [Fact]
    public void Build_HasPluginsPromptsAndModels()
    {
        Assert.All(Expected(), file => Assert.True(File.Exists(Path.Combine(BuildPaths.CommandOutput, file)), file));
    }

    [Fact]
    public async Task Publish_HasPluginsPromptsAndModels_AndTheyLoad()
    {
        string folder = BuildPaths.Folder("publish");
        await DotnetAsync("publish", "--no-build", "-o", folder);
        Assert.All(Expected(), file => Assert.True(File.Exists(Path.Combine(folder, file)), file));
        AgentsInvocation published = new() { Executable = Path.Combine(folder, Path.GetFileName(AgentsProcess.Executable)) };
        JsonElement items = (await AgentsProcess.RunAsync(published, "plugins", "list", "--json")).Json().GetProperty("items");
        Assert.All(items.EnumerateArray(), item =>
        {
            Assert.Equal("Active", item.GetProperty("state").GetString());
            Assert.StartsWith(folder, item.GetProperty("folder").GetString(), StringComparison.Ordinal);
        });
        Assert.NotEqual(0, items.GetArrayLength());
        Assert.NotEqual(0, (await AgentsProcess.RunAsync(published, "prompts", "list", "--json")).Json().GetProperty("items").GetArrayLength());

        // An installation that lost its model says so in one line.
        string models = Path.Combine(folder, "models");
        if (Directory.Exists(models))
        {
            Directory.Delete(models, recursive: true);
        }

        (await AgentsProcess.RunAsync(published, "ask", "x")).FailsWith(1, "embedded model", "tiny-*.gguf");
    }

    [Fact]
    public async Task Pack_TheToolPackage_HasPluginsPromptsAndModels()
    {
        string folder = BuildPaths.Folder("pack");
        await DotnetAsync("pack", "--no-build", "-o", folder);
        await using ZipArchive package = await ZipFile.OpenReadAsync(Directory.EnumerateFiles(folder, "*.nupkg").Single(), TestContext.Current.CancellationToken);
        string[] entries = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.All(Expected(), file => Assert.Contains("tools/net10.0/any/" + file, entries));
        Assert.DoesNotContain(entries, entry => entry.StartsWith("content", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Expected()
    {
        string models = Path.Combine(BuildPaths.Repository, "src", "Agents.Models", "Tiny");
        IEnumerable<string> embedded = Directory.Exists(models) ? Directory.EnumerateFiles(models, "*.gguf").Select(file => "models/" + Path.GetFileName(file)) : [];
        return Companions.Concat(embedded);
    }

    private static async Task DotnetAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [.. arguments, "-c", BuildPaths.Configuration, "-nologo", "-v", "q", "-p:UseSharedCompilation=false", "-nodeReuse:false"])
        {
            WorkingDirectory = Path.Combine(BuildPaths.Repository, "src", "Agents.Cli"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The variables that a running test host sets would reach the build.
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildSDKsPath");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await error);
    }
}
