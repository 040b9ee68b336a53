using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary>From branches to data to weights: <c>eval --record</c>, <c>data build</c>, <c>train</c>.</summary>
public sealed class DataTests
{
    [Fact]
    public async Task Recorded_branches_become_data_that_recipes_train_on()
    {
        string folder = BuildPaths.Folder("data-end-to-end");
        string recorded = Path.Combine(folder, "recorded");
        string data = Path.Combine(folder, "data");
        (await AgentsProcess.RunAsync(
            "eval", "--task", "arithmetic", "--split", "train", "--limit", "12", "--strategy", "self-consistency", "--samples", "6", "--temperature", "1.2", "--record", recorded, "--json")).Json();

        JsonElement item = (await AgentsProcess.RunAsync("data", "stats", recorded, "--json")).Json().GetProperty("items").EnumerateArray().Single();
        Assert.Equal((12, 72), (item.GetProperty("trajectories").GetInt32(), item.GetProperty("judged").GetInt32()));

        JsonElement report = (await AgentsProcess.RunAsync("data", "build", recorded, "--output", data, "--exclude-evaluation", "task:arithmetic@0,1", "--json")).Json().GetProperty("report");
        Assert.Equal(12, report.GetProperty("used").GetInt32());
        int pairs = report.GetProperty("lines").GetProperty("preference").GetInt32();
        Assert.True(pairs > 0);
        Assert.Equal(12, report.GetProperty("lines").GetProperty("question").GetInt32());
        Assert.Contains("\"promptTokens\":[", await File.ReadAllTextAsync(Path.Combine(data, "preference.jsonl"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Equal(2, (await TrainAsync(folder, "sft", """
            data: { mixture: [ { file: data/sft.jsonl } ] }
            training: { steps: 2, tokensPerStep: 256, rowsPerBatch: 256, maximumSequence: 256, learningRate: 0.0003 }
            """)).GetProperty("steps").GetInt32());
        Assert.Equal(2, (await TrainAsync(folder, "dpo", """
            loop: preference
            preference: { loss: dpo, file: data/preference.jsonl, pairsPerStep: 2 }
            training: { steps: 2, rowsPerBatch: 1024, learningRate: 0.0003 }
            """)).GetProperty("steps").GetInt32());
        Assert.Equal(1, (await TrainAsync(folder, "grpo", """
            loop: reinforcement
            data: { mixture: [ { file: data/question.jsonl } ] }
            reinforcement: { algorithm: grpo, questions: 4, groupSize: 2, groupsPerStep: 2, maximumTokens: 32 }
            training: { steps: 1, rowsPerBatch: 512, learningRate: 0.0003 }
            """)).GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task Evaluation_questions_give_no_data()
    {
        string folder = BuildPaths.Folder("data-evaluation");
        (await AgentsProcess.RunAsync("eval", "--task", "lookup", "--limit", "2", "--record", folder, "--json")).Json();

        AgentsRun run = await AgentsProcess.RunAsync("data", "build", folder, "--output", Path.Combine(folder, "out"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2 evaluation split", run.Output, StringComparison.Ordinal);
        Assert.Contains("All sets are empty", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_is_recorded_only_when_asked_for()
    {
        string folder = BuildPaths.Folder("data-ask");
        Assert.Equal(0, (await AgentsProcess.RunAsync("ask", "ann has 3 figs. finds 2 more. how many?", "--record", folder)).ExitCode);
        AgentsRun shown = await AgentsProcess.RunAsync("data", "show", folder);
        Assert.Contains("ann has 3 figs", shown.Output, StringComparison.Ordinal);
        Assert.Contains("ask", shown.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kinds", "stf", "'stf'", "'sft'")]
    [InlineData("--exclude-evaluation", "task:arithmetics", "'arithmetics'", "'arithmetic'")]
    [InlineData("--exclude-evaluation", "task:all@x", "'x'", "seed")]
    [InlineData("--exclude-evaluation", "nowhere.jsonl", "'nowhere.jsonl'", "task:all")]
    [InlineData("--since", "soon", "'soon'", "2026")]
    [InlineData("--min-value", "1", "minimum value", "[0, 1)")]
    [InlineData("--overlap-words", "8", "--overlap-words", "--exclude-evaluation")]
    public async Task Wrong_options_are_one_line(string option, string value, string first, string second)
    {
        AgentsRun run = await AgentsProcess.RunAsync("data", "build", BuildPaths.Scratch, "--output", "out", option, value);
        run.FailsWith(2, first, second);
    }

    [Fact]
    public async Task A_folder_without_records_is_named()
    {
        AgentsRun run = await AgentsProcess.RunAsync("data", "stats", BuildPaths.Folder("data-empty"));
        run.FailsWith(1, "data-empty", "--record");
    }

    private static async Task<JsonElement> TrainAsync(string folder, string name, string yaml)
    {
        string recipe = Path.Combine(folder, name + ".yaml");
        await File.WriteAllTextAsync(recipe, $"name: {name}\nmodel: {{ from: tiny }}\n{yaml}", TestContext.Current.CancellationToken);
        return (await AgentsProcess.RunAsync("train", recipe, "--output", Path.Combine(folder, name), "--json")).Json();
    }
}
