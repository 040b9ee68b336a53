using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents bench</c>.</summary>
public sealed class BenchTests(RandomModel model)
{
    [Fact]
    public async Task Engine_SmallModel_ReportsEveryFigure()
    {
        JsonElement document = (await AgentsProcess.RunAsync("bench", "engine", "--model", model.Path, "--threads", "1", "--rounds", "1", "--longest", "128", "--json")).Json();
        JsonElement[] rows = [.. document.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["load", "decode", "prefill", "group", "context", "memory"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.All(rows, row => Assert.Equal(1, row.GetProperty("threads").GetInt32()));
        Assert.All(rows[1..5], row => Assert.True(row.GetProperty("tokensPerSecond").GetDouble() > 0));
        Assert.True(rows[^1].GetProperty("bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task Engine_ZeroThreads_IsAUsageError() =>
        (await AgentsProcess.RunAsync("bench", "engine", "--threads", "0")).FailsWith(2, "--threads is '0'", "1 to 1024");

    [Fact]
    public async Task Train_SmallModel_ReportsBothStepsWithPhasesAndLedger()
    {
        JsonElement document = (await AgentsProcess.RunAsync(
            "bench", "train", "--model", model.Path, "--threads", "1", "--rounds", "1", "--tokens", "50", "--rows", "32", "--rank", "3", "--kind", "rslora", "--json")).Json();

        JsonElement[] steps = [.. document.GetProperty("steps").EnumerateArray()];
        Assert.Equal(["rslora", "full"], steps.Select(step => step.GetProperty("step").GetString()));
        Assert.Equal([3, 0], steps.Select(step => step.GetProperty("rank").GetInt32()));
        Assert.All(steps, step =>
        {
            Assert.Equal((50, 32, 1), (step.GetProperty("tokens").GetInt32(), step.GetProperty("rows").GetInt32(), step.GetProperty("threads").GetInt32()));
            Assert.True(step.GetProperty("tokensPerSecond").GetDouble() > 0);
            Assert.Equal(["forward", "head", "recomputation", "backward", "optimizer"], step.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("name").GetString()));
            Assert.True(step.GetProperty("ledger").GetProperty("totalBytes").GetInt64() > document.GetProperty("modelBytes").GetInt64());
            Assert.True(step.GetProperty("peakBytes").GetInt64() > 0);
        });
        Assert.Empty(document.GetProperty("omitted").EnumerateArray());
    }

    [Fact]
    public async Task Train_UnknownKind_NamesTheKnownOnes() =>
        (await AgentsProcess.RunAsync("bench", "train", "--model", model.Path, "--kind", "qlora")).FailsWith(2, "'qlora'", "lora, rslora, dora");
}
