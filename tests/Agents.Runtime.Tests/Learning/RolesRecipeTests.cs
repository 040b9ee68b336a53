using System.Text.Json;
using Agents.Models;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Learning;
using Agents.Runtime.Tests.Reasoning;
using Agents.Runtime.Trajectories;
using Agents.Runtime.Yaml;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Learning;

/// <summary>The loop that trains the roles of a strategy, over the embedded model and a small strategy of two roles.</summary>
public sealed class RolesRecipeTests : IDisposable
{
    private readonly LoopRecipe _recipe = new();

    private static string Yaml { get; } = $$"""
        name: toy
        seed: 5
        loop: roles
        model: { from: "{{LoopRecipe.Tiny.Replace('\\', '/')}}" }
        data: { mixture: [ { family: arithmetic }, { family: lookup } ] }
        roles:
          strategy: two-roles
          samples: 3
          temperature: 0.7
          maximumTokens: 128
          questions: 10
          rank: 2
          batchSize: 16
          preferenceFor: [refiner]
          supervised: { epochs: 1 }
        """;

    public void Dispose() => _recipe.Dispose();

    [Fact]
    public async Task Run_TwoRounds_TrainsOneAdapterPerRoleAndBindsThem()
    {
        RecipeResult result = await RunAsync(Yaml.Replace("samples: 3", "samples: 3\n  rounds: 2", StringComparison.Ordinal), "whole");

        using JsonDocument bindings = JsonDocument.Parse(await File.ReadAllTextAsync(result.ModelPath, TestContext.Current.CancellationToken));
        Assert.Equal(["default", "refiner"], bindings.RootElement.EnumerateObject().Select(role => role.Name));
        Assert.All(bindings.RootElement.EnumerateObject(), role => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(result.ModelPath)!, role.Value.GetString()!))));
        Assert.Equal(result.Stages.Where(stage => stage.Stage.EndsWith("/sft", StringComparison.Ordinal) || stage.Stage.EndsWith("/dpo", StringComparison.Ordinal)).Sum(stage => stage.Steps), result.Training.Steps);
        Assert.True(result.Training.TokensPerSecond > 0, $"{result.Training.TokensPerSecond} tokens/s");
        Assert.True(result.Training.PeakMemoryBytes > 0, $"{result.Training.PeakMemoryBytes} bytes");
        Assert.Contains("round-1/branches", result.Stages.Select(stage => stage.Stage));
        Assert.Contains("round-2/default/sft", result.Stages.Select(stage => stage.Stage));
        List<Trajectory> second = await ReadAsync("whole", 2);
        Assert.All(second.SelectMany(trajectory => trajectory.Nodes).Where(node => node.Kind == "call"), call => Assert.StartsWith("round-1-", Assert.Single(call.Adapters!).Id, StringComparison.Ordinal));
        Assert.All(await ReadAsync("whole", 1), trajectory => Assert.All(trajectory.Nodes, node => Assert.Null(node.Adapters)));
    }

    [Fact]
    public async Task Run_StoppedInTheMiddleAndResumed_GivesTheSameAdapters()
    {
        await RunAsync(Yaml, "whole");
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(Yaml, "parts", progress: new Stop(stop, 3), cancellationToken: stop.Token));
        int before = (await ReadAsync("parts", 1)).Count;

        RecipeResult resumed = await RunAsync(Yaml, "parts", resume: true);

        Assert.InRange(before, 1, 9);
        Assert.Equal(10, (await ReadAsync("parts", 1)).Select(trajectory => trajectory.Task.Id).Distinct().Count());
        foreach (string role in (string[])["default", "refiner"])
        {
            string file = $"toy-{role}.gguf";
            Assert.Equal(LoopRecipe.Hash(Path.Combine(_recipe.Folder, "whole", file)), LoopRecipe.Hash(Path.Combine(_recipe.Folder, "parts", file)));
        }

        Assert.NotEmpty(resumed.Stages);
    }

    [Fact]
    public void ThresholdOf_Rounds_RisesTowardsOne()
    {
        var settings = RecipeReader.Parse(Yaml, "toy.yaml").Roles!;

        Assert.Equal([0.5, 0.75, 1 - (0.5 / 3)], Enumerable.Range(0, 3).Select(settings.ThresholdOf));
    }

    [Theory]
    [InlineData("strategy: two-roles", "strategi: two-roles", "'strategi'")]
    [InlineData("samples: 3", "samples: 0", "samples")]
    [InlineData("rank: 2", "threshold: 1", "threshold")]
    [InlineData("rank: 2", "settings: '[1]'", "no JSON object")]
    [InlineData("loop: roles", "loop: roles\ntraining: { steps: 3 }", "every loop but roles")]
    [InlineData("loop: roles", "loop: rejection\ntraining: { steps: 3 }", "'roles'")]
    public void Parse_RuleBroken_NamesIt(string find, string replace, string expected)
    {
        YamlFormatException error = Assert.Throws<YamlFormatException>(() => RecipeReader.Parse(Yaml.Replace(find, replace, StringComparison.Ordinal), "toy.yaml"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static FeatureTable Features()
    {
        FeatureTable features = new();
        features.Add<IReasoningStrategy>(new FeatureInfo("two-roles", "two roles"), new DelegateStrategy(Solve));
        return features;
    }

    // Answers, then answers again with the first in view; the second reads the first, so credit flows.
    private static async IAsyncEnumerable<ReasoningUpdate> Solve(
        ReasoningTask task, IReasoningContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatOptions options = new() { Temperature = (float)context.Options.Temperature!.Value };
        IReadOnlyList<ChatResponse> first = await context.Model().GetService<IGroupSampler>()!.SampleAsync(task.Messages, context.Options.Samples!.Value, options, cancellationToken);
        ChatResponse last = first[0];
        foreach (ChatResponse read in first)
        {
            ChatMessage[] prompt = [new(ChatRole.User, $"{task.Question}\nsolution:\n{read.Text}\ncritique:\nall lines ok\nverdict: right\nrefine")];
            foreach (ChatResponse written in await context.Model(ModelRoles.Refiner).GetService<IGroupSampler>()!.SampleAsync(prompt, 2, options, cancellationToken))
            {
                context.Note(written.TraceNodeId()!.Value, TraceNotes.Reads, read.TraceNodeId()!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
                context.Note(written.TraceNodeId()!.Value, TraceNotes.Candidate, "1");
                last = written;
            }
        }

        yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, last.Text)));
    }

    private Task<RecipeResult> RunAsync(string yaml, string name, bool resume = false, IProgress<RecipeProgress>? progress = null, CancellationToken? cancellationToken = null) =>
        _recipe.RunAsync(yaml, name, resume, progress, cancellationToken, Features());

    private async Task<List<Trajectory>> ReadAsync(string name, int round)
    {
        List<Trajectory> read = [];
        await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(Path.Combine(_recipe.Folder, name, $"round-{round}", "branches"), TestContext.Current.CancellationToken))
        {
            read.Add(trajectory);
        }

        return read;
    }

    private sealed class Stop(CancellationTokenSource source, int after) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value)
        {
            if (value.Stage.EndsWith("/branches", StringComparison.Ordinal) && value.Step >= after)
            {
                source.Cancel();
            }
        }
    }
}
