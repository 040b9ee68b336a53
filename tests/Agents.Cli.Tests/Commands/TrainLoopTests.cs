using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents train</c> with the loops that sample, each a few steps over the embedded model.</summary>
public sealed class TrainLoopTests
{
    private const string Reinforcement = """
        name: toy
        seed: 5
        loop: reinforcement
        model: { from: tiny }
        data: { mixture: [ { family: arithmetic }, { family: lookup } ] }
        training: { steps: 2, learningRate: 0.0003, rowsPerBatch: 512 }
        reinforcement: { algorithm: grpo, questions: 8, groupSize: 4, groupsPerStep: 2, maximumTokens: 48, deadSteps: 2, kl: { coefficient: 0 } }
        """;

    private const string Preference = """
        name: toy
        seed: 5
        loop: preference
        model: { from: tiny }
        data: { mixture: [ { family: arithmetic }, { family: lookup } ] }
        training: { steps: 2, learningRate: 0.0003, rowsPerBatch: 1024 }
        preference: { pairsPerStep: 2, sample: { questions: 16, perQuestion: 4, maximumTokens: 48 } }
        """;

    [Fact]
    public async Task Reinforcement_steps_are_described_and_resumed()
    {
        string folder = BuildPaths.Folder("train-grpo");
        string recipe = await WriteAsync(folder, Reinforcement);
        string output = Path.Combine(folder, "run");

        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", output, "--json");
        JsonElement document = run.Json();
        JsonElement again = (await AgentsProcess.RunAsync("train", recipe, "--output", output, "--resume", "--json")).Json();

        Assert.Equal(("reinforcement", "Completed", 2), (document.GetProperty("loop").GetString(), document.GetProperty("stop").GetString(), document.GetProperty("plannedSteps").GetInt32()));
        Assert.InRange(document.GetProperty("reward").GetDouble(), 0, 1);
        Assert.Equal(JsonValueKind.Null, document.GetProperty("explanation").ValueKind);
        JsonElement stage = Assert.Single(document.GetProperty("stages").EnumerateArray());
        Assert.Equal(("reinforcement", false), (stage.GetProperty("stage").GetString(), stage.GetProperty("reused").GetBoolean()));
        Assert.True(Assert.Single(again.GetProperty("stages").EnumerateArray()).GetProperty("reused").GetBoolean());
        Assert.True(File.Exists(document.GetProperty("output").GetString()));
    }

    [Fact]
    public async Task A_run_that_ends_early_exits_with_its_reason()
    {
        string folder = BuildPaths.Folder("train-no-signal");
        string recipe = await WriteAsync(folder, "preflight: off\n" + Reinforcement.Replace("maximumTokens: 48", "maximumTokens: 2", StringComparison.Ordinal).Replace("steps: 2", "steps: 5", StringComparison.Ordinal));

        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", Path.Combine(folder, "run"), "--json");

        Assert.Equal(10, run.ExitCode);
        JsonElement document = run.ParsedOutput();
        Assert.Equal(("NoSignal", 2, 5), (document.GetProperty("stop").GetString(), document.GetProperty("steps").GetInt32(), document.GetProperty("plannedSteps").GetInt32()));
        Assert.Contains("always or never solved", document.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        Assert.Contains("error: NoSignal after 2 of 5 steps.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_answers_never_end_is_refused_before_its_first_step()
    {
        string folder = BuildPaths.Folder("train-grpo-refused");
        string output = Path.Combine(folder, "run");
        string recipe = await WriteAsync(folder, Reinforcement.Replace("maximumTokens: 48", "maximumTokens: 1", StringComparison.Ordinal));

        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", output);

        run.FailsWith(1, "refused before its first step", "completions are cut at 4 tokens", "Raise the answer limit");
        Assert.Empty(Directory.GetFiles(output, "*.checkpoint"));
    }

    [Fact]
    public async Task Preference_training_says_its_stages_and_margin()
    {
        string folder = BuildPaths.Folder("train-dpo");
        string recipe = await WriteAsync(folder, Preference);

        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", Path.Combine(folder, "run"), "--json");

        JsonElement document = run.Json();
        Assert.Equal(["sample", "pairs", "preference"], document.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage").GetString()));
        Assert.Equal(JsonValueKind.Number, document.GetProperty("margin").ValueKind);
        Assert.True(document.GetProperty("tokensPerSecond").GetDouble() > 0);
    }

    [Fact]
    public async Task All_errors_of_a_recipe_are_one_message()
    {
        string folder = BuildPaths.Folder("train-errors");
        string recipe = await WriteAsync(folder, Preference.Replace("pairsPerStep: 2", "pairsPerStep: 0, los: dpo", StringComparison.Ordinal).Replace("steps: 2", "steps: none", StringComparison.Ordinal));

        AgentsRun run = await AgentsProcess.RunAsync("train", recipe, "--output", Path.Combine(folder, "run"));

        run.FailsWith(1, "has 3 errors", "'training.steps' must be a whole number", "the key 'los' is unknown. Did you mean 'loss'?", "'preference.pairsPerStep' is 0");
    }

    private static async Task<string> WriteAsync(string folder, string recipe)
    {
        string path = Path.Combine(folder, "toy.yaml");
        await File.WriteAllTextAsync(path, recipe, TestContext.Current.CancellationToken);
        return path;
    }
}
