using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents train</c> with a very small recipe.</summary>
public sealed class TrainTests
{
    private const string Recipe = """
        name: toy
        seed: 1
        model: { architecture: llama, vocabulary: 300, hidden: 32, layers: 1, heads: 2, keyValueHeads: 1, headSize: 16, feedForward: 64, context: 256, tied: true }
        tokenizer: { preTokenizer: qwen2, examples: 50, reservedTokens: 2 }
        data:
          mixture:
            - { family: arithmetic, role: solve, weight: 1 }
        training: { steps: STEPS, tokensPerStep: 512, rowsPerBatch: 256, maximumSequence: 256, learningRate: 0.01, warmUp: 0.1 }
        checkpoint: { everySteps: 5 }
        validation: { everySteps: 10, examples: 4 }
        output: { type: f32 }
        """;

    [Fact]
    public async Task A_recipe_becomes_a_model_that_answers()
    {
        string folder = BuildPaths.Folder("train");
        string recipe = await WriteAsync(folder, Recipe.Replace("STEPS", "12", StringComparison.Ordinal));
        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", Path.Combine(folder, "run"), "--json");
        JsonElement document = run.Json();
        Assert.Equal(12, document.GetProperty("steps").GetInt64());
        Assert.InRange(document.GetProperty("loss").GetDouble(), 0.1, 6);
        Assert.True(document.GetProperty("tokensPerSecond").GetDouble() > 0);
        Assert.True(document.GetProperty("peakMemoryBytes").GetInt64() > 0);
        string model = document.GetProperty("output").GetString()!;
        JsonElement answer = (await AgentsProcess.RunAsync("ask", "what is 1 + 1?", "--model", model, "--max-tokens", "4", "--json")).Json();
        Assert.Equal("toy", answer.GetProperty("model").GetString());

        // A finished run is resumed without doing anything again.
        JsonElement again = (await AgentsProcess.RunAsync("train", recipe, "--output", Path.Combine(folder, "run"), "--resume", "--json")).Json();
        Assert.Equal(12, again.GetProperty("resumedFrom").GetInt64());
        Assert.Equal(JsonValueKind.Null, again.GetProperty("loss").ValueKind);
    }

    [Fact]
    public async Task Interrupted_WritesACheckpointAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string folder = BuildPaths.Folder("train-interrupted");
        string output = Path.Combine(folder, "run");
        string recipe = await WriteAsync(folder, Recipe.Replace("STEPS", "1000000", StringComparison.Ordinal));
        using Process process = AgentsProcess.Start(new AgentsInvocation(), "train", recipe, "--output", output);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForCheckpointAsync(output, process);
        using Process kill = Process.Start("kill", ["-s", "INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("resume from", await error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(output, "toy.gguf")));
    }

    [Fact]
    public async Task A_misspelt_key_offers_the_nearest_and_writes_nothing()
    {
        string folder = BuildPaths.Folder("train-misspelt");
        string recipe = await WriteAsync(folder, Recipe.Replace("learningRate", "learningrate", StringComparison.Ordinal).Replace("STEPS", "2", StringComparison.Ordinal));
        string output = Path.Combine(folder, "run");
        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", output);
        run.FailsWith(1, "learningrate", "learningRate");
        Assert.False(Directory.Exists(output));
    }

    [Fact]
    public async Task A_missing_recipe_is_one_line()
    {
        AgentsRun run = await AgentsProcess.RunAsync("train", "nowhere.yaml");
        run.FailsWith(1, "nowhere.yaml");
    }

    private static async Task<string> WriteAsync(string folder, string recipe)
    {
        string path = Path.Combine(folder, "toy.yaml");
        await File.WriteAllTextAsync(path, recipe, TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Waits for the first file that the trainer writes below its checkpoint folder.</summary>
    private static async Task WaitForCheckpointAsync(string output, Process process)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (!process.HasExited && !(Directory.Exists(output) && Directory.EnumerateFiles(output, "metrics*", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > 0)))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
