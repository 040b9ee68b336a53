using System.Security.Cryptography;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Runtime.Features;
using Agents.Runtime.Learning;
using Agents.Runtime.Prompts;

namespace Agents.Runtime.Tests.Learning;

/// <summary>Short recipes of every loop over the embedded model, run in a folder of their own.</summary>
public sealed class LoopRecipe : IDisposable
{
    private readonly ComputePool _pool = new(new ComputePoolOptions { Threads = 1 });

    public string Folder { get; } = Directory.CreateTempSubdirectory("recipe-loops-").FullName;

    public static string Tiny { get; } = Path.Combine(RepositoryFolder.Path, "src", "Agents.Models", "Tiny", "tiny-2.gguf");

    public static string Preference { get; } = Start("preference", "steps: 3, learningRate: 0.0003, rowsPerBatch: 1024") + """
        preference:
          loss: dpo
          pairsPerStep: 2
          pairsPerQuestion: 2
          sample: { questions: 20, perQuestion: 4, maximumTokens: 48 }
        """;

    public static string Reinforcement { get; } = Start("reinforcement", "steps: 3, learningRate: 0.0003, rowsPerBatch: 512") + """
        reinforcement:
          algorithm: grpo
          questions: 12
          groupSize: 4
          groupsPerStep: 2
          maximumTokens: 48
        """;

    public static string Rejection { get; } = Start("rejection", "steps: 2, tokensPerStep: 512, rowsPerBatch: 512, maximumSequence: 256, learningRate: 0.0003") + """
        rejection:
          rounds: 2
          keepPerQuestion: 2
          sample: { questions: 16, perQuestion: 4, maximumTokens: 48 }
        """;

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public Task<RecipeResult> RunAsync(string yaml, string name, bool resume = false, IProgress<RecipeProgress>? progress = null, CancellationToken? cancellationToken = null, IFeatureSource? features = null) =>
        new RecipeRunner(new SimdKernels(_pool), PromptLibrary.FromFolders([Path.Combine(RepositoryFolder.Path, "prompts")]), TimeProvider.System, features)
            .RunAsync(RecipeReader.Parse(yaml, Path.Combine(Folder, "toy.yaml")), Path.Combine(Folder, name), resume, progress, cancellationToken ?? TestContext.Current.CancellationToken);

    public static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>Runs until a report, stops there, and says why it stopped.</summary>
    public async Task<string> StopAsync(string yaml, string name, Func<RecipeProgress, bool> where, bool resume = false)
    {
        using CancellationTokenSource stop = new();
        OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(yaml, name, resume, new Stop(where, stop), stop.Token));
        return error.Message;
    }

    public static string WithAdapter(string yaml, string kind = "lora") =>
        yaml.Replace("training:", $"adapter: {{ kind: {kind}, rank: 2, alpha: 4 }}\ntraining:", StringComparison.Ordinal);

    private static string Start(string loop, string training) => $$"""
        name: toy
        seed: 5
        loop: {{loop}}
        model: { from: "{{Tiny.Replace('\\', '/')}}" }
        data: { mixture: [ { family: arithmetic }, { family: lookup } ] }
        training: { {{training}} }

        """;

    private sealed class Stop(Func<RecipeProgress, bool> where, CancellationTokenSource source) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value)
        {
            if (where(value))
            {
                source.Cancel();
            }
        }
    }
}
