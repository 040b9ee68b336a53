using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Agents.Runtime.Tests.Plugins;

/// <summary>Compiles small plugins and lays them out as an installer would.</summary>
internal static class PluginSource
{
    public const string Good = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Agents.Plugins;
        using Agents.Reasoning;
        using Microsoft.Extensions.AI;

        namespace Sample;

        public sealed class Plugin : IPlugin
        {
            public Plugin() { /*constructor*/ }

            public void Describe(IPluginCatalog catalog)
            {
                /*describe*/
                catalog.Add<IReasoningStrategy>(new FeatureInfo("echo", "Answers with the question."), host => new Echo());
            }

            public ValueTask StartAsync(IPluginHost host, CancellationToken stopping)
            {
                /*start*/
                return ValueTask.CompletedTask;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }

        public sealed class Echo : IReasoningStrategy
        {
            public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(ReasoningTask task, IReasoningContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
            {
                await Task.Yield();
                yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, "/*text*/" + task.Question)));
            }
        }
        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Compiles source text and writes it with a manifest into a new folder below <paramref name="root"/>.</summary>
    public static string Install(string root, string id, string source, string contract = "[1.0,2.0)", string[]? features = null, string type = "Sample.Plugin")
    {
        string folder = Path.Combine(root, id);
        Directory.CreateDirectory(folder);
        string assembly = Path.Combine(folder, "Sample.dll");
        Compile(source, assembly);
        WriteManifest(folder, id, contract, features ?? ["echo"], type);
        return folder;
    }

    public static void Compile(string source, string path, string name = "Sample")
    {
        var compilation = CSharpCompilation.Create(
            name, [CSharpSyntaxTree.ParseText(source)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using FileStream stream = File.Create(path);
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
    }

    public static void WriteManifest(string folder, string id, string contract, string[] features, string type = "Sample.Plugin")
    {
        Dictionary<string, string> files = Directory.EnumerateFiles(folder, "*.dll")
            .ToDictionary(path => Path.GetFileName(path), path => "sha256-" + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        var manifest = new
        {
            schema = 1,
            id,
            version = "1.0.0",
            contract,
            entry = new { assembly = "Sample.dll", type },
            features = features.Select(feature => new { kind = "reasoning-strategy", id = feature, summary = "Answers with the question." }),
            files,
        };
        File.WriteAllText(Path.Combine(folder, "plugin.json"), JsonSerializer.Serialize(manifest));
    }
}
