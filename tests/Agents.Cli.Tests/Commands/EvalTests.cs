using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents eval</c> with a model in this process.</summary>
public sealed class EvalTests(RandomModel model)
{
    [Fact]
    public async Task Several_strategies_are_compared_with_the_first()
    {
        JsonElement document = (await EvalAsync("arithmetic", "--strategy", "direct", "--strategy", "self-consistency", "--samples", "2", "--limit", "3")).Json();
        Assert.Equal(["direct", "self-consistency"], document.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("strategy").GetString()!));
        JsonElement comparison = Assert.Single(document.GetProperty("comparisons").EnumerateArray());
        Assert.Equal("direct", comparison.GetProperty("baseline").GetString());
        Assert.Equal(3, comparison.GetProperty("pairs").GetInt32());
        Assert.False(comparison.GetProperty("equalCalls").GetBoolean());
    }

    [Fact]
    public async Task All_families_are_also_pooled()
    {
        JsonElement results = (await EvalAsync("all", "--limit", "1")).Json().GetProperty("results");
        JsonElement pool = results.EnumerateArray().Single(item => item.GetProperty("task").GetString() == "all");
        Assert.Equal(results.GetArrayLength() - 1, pool.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_journal_keeps_every_answer()
    {
        string journals = BuildPaths.Folder("journals");
        string[] arguments = ["--limit", "2", "--seed", "3", "--out", journals];
        JsonElement first = (await EvalAsync("arithmetic", arguments)).Json();
        JsonElement second = (await EvalAsync("arithmetic", arguments)).Json();
        Assert.Equal(0, first.GetProperty("resumed").GetInt32());
        Assert.Equal(2, second.GetProperty("resumed").GetInt32());
        Assert.Equal(first.GetProperty("tokensPerCorrect").GetRawText(), second.GetProperty("tokensPerCorrect").GetRawText());
        Assert.Single(Directory.GetFiles(journals));
        (await EvalAsync("arithmetic", [.. arguments, "--temperature", "0.5"])).Json();
        Assert.Equal(2, Directory.GetFiles(journals).Length);
    }

    [Fact]
    public async Task Text_IsATable()
    {
        AgentsRun run = await AgentsProcess.RunAsync("eval", "--task", "arithmetic", "--limit", "1", "--model", model.Path, "--max-tokens", "4");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("| arithmetic | direct", run.Output, StringComparison.Ordinal);
        Assert.Contains("arithmetic direct: 1/1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_task_offers_the_nearest()
    {
        AgentsRun run = await AgentsProcess.RunAsync("eval", "--task", "arithmetics", "--model", model.Path);
        run.FailsWith(2, "'arithmetics'", "'arithmetic'");
    }

    [Fact]
    public async Task An_unknown_split_offers_the_known()
    {
        AgentsRun run = await AgentsProcess.RunAsync("eval", "--task", "arithmetic", "--split", "tset", "--model", model.Path);
        run.FailsWith(2, "'tset'", "'test'");
    }

    [Fact]
    public async Task A_damaged_task_file_names_the_line()
    {
        string file = Path.Combine(BuildPaths.Folder("damaged-tasks"), "bad.jsonl");
        await File.WriteAllLinesAsync(file, ["""{"question":"a","answer":"1"}""", "{oops"], TestContext.Current.CancellationToken);
        AgentsRun run = await AgentsProcess.RunAsync("eval", "--task", file, "--model", model.Path);
        run.FailsWith(1, "bad, line 2");
    }

    private Task<AgentsRun> EvalAsync(string task, params string[] more) =>
        AgentsProcess.RunAsync(["eval", "--task", task, "--model", model.Path, "--max-tokens", "4", "--json", .. more]);
}
