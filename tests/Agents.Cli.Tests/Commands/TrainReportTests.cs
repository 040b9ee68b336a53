using System.Globalization;
using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary>What a run shows before, while and after it trains: preflight, progress, report.</summary>
public sealed class TrainReportTests
{
    private const string Recipe = """
        name: toy
        seed: 1
        model: { architecture: llama, vocabulary: 300, hidden: 32, layers: 1, heads: 2, keyValueHeads: 1, headSize: 16, feedForward: 64, context: 256, tied: true }
        tokenizer: { preTokenizer: qwen2, examples: 50, reservedTokens: 2 }
        data:
          mixture:
            - { family: arithmetic, role: solve, weight: 1 }
        training: { steps: 6, tokensPerStep: 512, rowsPerBatch: 256, maximumSequence: LIMIT, learningRate: 0.01, warmUp: 0.1, overlong: POLICY }
        output: { type: f32 }
        """;

    private static async Task<string> WriteAsync(string folder, int limit, string policy)
    {
        string path = Path.Combine(folder, "toy.yaml");
        await File.WriteAllTextAsync(
            path,
            Recipe.Replace("LIMIT", limit.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("POLICY", policy, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        return path;
    }

    [Fact]
    public async Task A_run_leaves_its_report_and_a_torn_one_makes_it_again()
    {
        string folder = BuildPaths.Folder("train-report");
        string output = Path.Combine(folder, "run");
        JsonElement document = (await AgentsProcess.RunAsync("train", await WriteAsync(folder, 256, "refuse"), "--output", output, "--json")).Json();

        string report = document.GetProperty("report").GetString()!;
        Assert.Equal(Path.Combine(output, "report.html"), report);
        string page = await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken);
        Assert.Contains("<h3>Loss</h3>", page, StringComparison.Ordinal);
        Assert.Contains("Memory plan", page, StringComparison.Ordinal);
        Assert.Contains("Stage supervised", page, StringComparison.Ordinal);

        // A kill in the middle of a line, as kill -9 leaves it.
        File.Delete(report);
        await File.AppendAllTextAsync(Path.Combine(output, "metrics.jsonl"), "{\"step\":7,\"lo", TestContext.Current.CancellationToken);
        JsonElement again = (await AgentsProcess.RunAsync("train", "report", output, "--json")).Json();
        Assert.Equal(report, again.GetProperty("report").GetString());
        Assert.Contains("6 steps", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_run_is_an_error()
    {
        AgentsRun run = await AgentsProcess.RunAsync("train", "report", BuildPaths.Folder("train-report-empty"));

        run.FailsWith(1, "metrics.jsonl", "Name the folder of one training run");
    }

    [Fact]
    public async Task Too_long_examples_are_counted_and_refused_before_the_first_step()
    {
        string folder = BuildPaths.Folder("train-refused");
        string output = Path.Combine(folder, "run");

        AgentsRun run = await AgentsProcess.RunAsync("train", await WriteAsync(folder, 16, "refuse"), "--output", output);

        run.FailsWith(1, "refused before its first step", "of 512 examples are longer", "Raise the longest sequence");
        Assert.False(File.Exists(Path.Combine(output, "metrics.jsonl")));
    }

    [Fact]
    public async Task Examples_that_lose_their_end_are_a_warning_and_the_run_goes_on()
    {
        string folder = BuildPaths.Folder("train-warned");

        AgentsRun run = await AgentsProcess.RunAsync("train", await WriteAsync(folder, 64, "keepStart"), "--output", Path.Combine(folder, "run"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: preflight: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Their ends are not learned.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Error);
        Assert.EndsWith("report.html", run.Output.TrimEnd(), StringComparison.Ordinal);
    }
}
