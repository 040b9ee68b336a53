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
}
