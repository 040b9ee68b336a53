using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents train</c> with the loop that trains the roles of a strategy on its own branches.</summary>
public sealed class TrainRolesTests
{
    private const string Recipe = """
        name: toy
        seed: 5
        loop: roles
        model: { from: tiny }
        data: { mixture: [ { family: arithmetic, role: solve } ] }
        roles: { strategy: malt-tree, samples: 2, temperature: 0.8, maximumTokens: 96, questions: 6, rounds: 2, rank: 2, batchSize: 16, preferenceFor: [verifier, refiner], supervised: { epochs: 1 } }
        """;

    [Fact]
    public async Task A_run_killed_among_its_trees_and_again_after_a_round_ends_in_the_same_adapters()
    {
        string folder = BuildPaths.Folder("train-roles-kill");
        string recipe = Path.Combine(folder, "toy.yaml");
        await File.WriteAllTextAsync(recipe, Recipe, TestContext.Current.CancellationToken);
        string whole = Path.Combine(folder, "whole");
        string killed = Path.Combine(folder, "killed");

        JsonElement document = (await AgentsProcess.RunAsync("train", recipe, "--output", whole, "--json")).Json();
        await KillAtAsync("round-1/branches: 1/6", "train", recipe, "--output", killed);
        await KillAtAsync("round-2/branches: 1/6", "train", recipe, "--output", killed, "--resume");
        JsonElement resumed = (await AgentsProcess.RunAsync("train", recipe, "--output", killed, "--resume", "--json")).Json();

        Assert.Equal(Hashes(whole), Hashes(killed));
        Assert.Contains("toy-verifier.gguf", Hashes(killed).Keys);
        Assert.Equal(document.GetProperty("steps").GetInt64(), resumed.GetProperty("steps").GetInt64());
        Assert.True(document.GetProperty("tokensPerSecond").GetDouble() > 0);
        Assert.True(document.GetProperty("peakMemoryBytes").GetInt64() > 0);
    }

    /// <summary>Starts the command and kills it, as kill -9 does, when its progress says so.</summary>
    private static async Task KillAtAsync(string progress, params string[] arguments)
    {
        using Process process = AgentsProcess.Start(new AgentsInvocation(), arguments);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        List<string> seen = [];
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            seen.Add(line);
            if (line.Contains(progress, StringComparison.Ordinal))
            {
                process.Kill();
                await process.WaitForExitAsync(limit.Token);
                return;
            }
        }

        Assert.Fail($"'{progress}' never came; the command ended with {process.ExitCode}:\n{string.Join('\n', seen)}");
    }

    private static SortedDictionary<string, string> Hashes(string folder) =>
        new(Directory.GetFiles(folder, "*.gguf").ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))), StringComparer.Ordinal);
}
