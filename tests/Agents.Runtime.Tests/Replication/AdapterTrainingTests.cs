using Agents.Models;
using Agents.Replication;
using Agents.Runtime.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Replication;

public sealed class AdapterTrainingTests : IDisposable
{
    private static readonly TrainingConversation[] Lessons = [.. Enumerable.Range(0, 4).Select(i => LaboratoryBench.Lesson($"say {i}", "apple"))];
    private readonly LaboratoryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task TrainAsync_EqualInputs_AreTrainedOnce()
    {
        ExperimentAdapter first;
        using (Laboratory laboratory = _bench.Open())
        {
            first = await TrainAsync(laboratory, Training());
            Assert.Same(first, await TrainAsync(laboratory, Training()));
        }

        string peft = Path.Combine(_bench.Root, "run", Laboratory.AdaptersName, first.Id, "peft", "adapter_model.safetensors");
        DateTime written = File.GetLastWriteTimeUtc(peft);
        using Laboratory later = _bench.Open();
        Assert.Equal(first, await TrainAsync(later, Training()));
        Assert.Equal(written, File.GetLastWriteTimeUtc(peft));
        Assert.Equal(4, first.Steps);
        Assert.True(first.Loss.Last < first.Loss.First);
    }

    [Fact]
    public async Task TrainAsync_AnyChangedInput_IsAnotherAdapter()
    {
        using Laboratory laboratory = _bench.Open();
        ExperimentAdapter start = await TrainAsync(laboratory, Training());
        AdapterTraining[] others =
        [
            Training() with { Seed = 2 },
            Training() with { Rank = 3 },
            Training() with { LearningRate = 0.02 },
            Training() with { BatchSize = 3 },
            Training() with { Epochs = 3 },
            Training() with { Steps = 5 },
            Training() with { Conversations = [.. Lessons.Skip(1)] },
            Training() with { Conversations = [.. Lessons.Select(one => one with { Target = "pear" })] },
            Training() with { Start = start },
        ];
        List<string> ids = [start.Id];
        foreach (AdapterTraining other in others)
        {
            ids.Add((await TrainAsync(laboratory, other)).Id);
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task TrainAsync_Lessons_RaiseTheirProbability()
    {
        using Laboratory laboratory = _bench.Open();
        ExperimentAdapter adapter = await TrainAsync(laboratory, Training() with { Epochs = 20 });

        double before = await ScoreAsync(laboratory, "apple");
        double after = await ScoreAsync(laboratory, "apple", adapter);

        Assert.True(after > before + 1, $"{before} -> {after}");
    }

    [Fact]
    public async Task TrainAsync_Preferences_MoveTheMarginFromTheirStart()
    {
        using Laboratory laboratory = _bench.Open();
        ExperimentAdapter start = await TrainAsync(laboratory, Training());
        TrainingPreference[] pairs = [.. Lessons.Select(one => new TrainingPreference(one.Prompt, "pear", "apple"))];
        ExperimentAdapter preferred = await TrainAsync(
            laboratory, new AdapterTraining { Name = "preferred", Seed = 1, Preferences = pairs, Start = start, BatchSize = 2, Epochs = 10, LearningRate = 0.01 });

        double before = await ScoreAsync(laboratory, "pear", start) - await ScoreAsync(laboratory, "apple", start);
        double after = await ScoreAsync(laboratory, "pear", preferred) - await ScoreAsync(laboratory, "apple", preferred);

        // At the start policy and reference are the same, so the first loss is that of a coin.
        Assert.Equal(Math.Log(2), preferred.Loss.First, 5);
        Assert.True(after > before + 0.5, $"{before} -> {after}");
    }

    [Fact]
    public async Task AnswerAsync_AdaptersOfRoles_ReachTheirCallsOnly()
    {
        using Laboratory laboratory = _bench.Open();
        ExperimentAdapter adapter = await TrainAsync(laboratory, Training() with { Epochs = 5 });
        ExperimentItem item = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Train, 1, 3))[0];
        async Task<string?> GenerationAsync(params string[] roles)
        {
            StrategyRun run = new("once") { Adapters = roles.ToDictionary(role => role, _ => adapter) };
            ExperimentAnswer answer = await laboratory.AnswerAsync(run, item, 1, TestContext.Current.CancellationToken);
            return answer.Trace.Single(node => node.Record is not null).Record!.GenerationId;
        }

        string adapted = laboratory.Model.Language.GenerationIdOf([new AdapterUse(adapter.Id)]);

        // The strategy calls the role "writer".
        Assert.Equal(laboratory.Model.Language.GenerationId, await GenerationAsync());
        Assert.Equal(adapted, await GenerationAsync("writer"));
        Assert.Equal(adapted, await GenerationAsync("default"));
        Assert.Equal(laboratory.Model.Language.GenerationId, await GenerationAsync("verifier"));
    }

    [Fact]
    public async Task TrainAsync_StoppedInBetween_GoesOnToTheSameBits()
    {
        AdapterTraining training = Training() with { Steps = 12 };
        byte[] whole;
        using (Laboratory laboratory = _bench.Open(_bench.Options("whole")))
        {
            ExperimentAdapter adapter = await TrainAsync(laboratory, training);
            whole = await File.ReadAllBytesAsync(Values("whole", adapter), TestContext.Current.CancellationToken);
        }

        using CancellationTokenSource stop = new();
        using (Laboratory laboratory = _bench.Open(_bench.Options("cut") with { Progress = new StopAt(5, stop) }))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => laboratory.TrainAsync(training, stop.Token));
        }

        using Laboratory rest = _bench.Open(_bench.Options("cut"));
        ExperimentAdapter resumed = await TrainAsync(rest, training);
        Assert.Equal(whole, await File.ReadAllBytesAsync(Values("cut", resumed), TestContext.Current.CancellationToken));
        Assert.Equal(12, resumed.Steps);
    }

    [Fact]
    public async Task TrainAsync_TestQuestionInAPrompt_IsNamedWhicheverComesFirst()
    {
        using Laboratory laboratory = _bench.Open();
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 2, 3));
        Task MeasureAsync(ExperimentItem item) => laboratory.MeasureAsync("arm", 1, [item], (_, _) => Task.FromResult(new Observation()), TestContext.Current.CancellationToken);
        AdapterTraining Showing(ExperimentItem item) => Training() with { Conversations = [LaboratoryBench.Lesson($"solve this:\n{item.Question}\nbriefly", "answer: 1")] };

        await MeasureAsync(items[0]);
        ReplicationException afterwards = await Assert.ThrowsAsync<ReplicationException>(() => TrainAsync(laboratory, Showing(items[0])));
        await TrainAsync(laboratory, Showing(items[1]));
        ReplicationException before = await Assert.ThrowsAsync<ReplicationException>(() => MeasureAsync(items[1]));

        Assert.All([(afterwards, items[0]), (before, items[1])], pair =>
        {
            Assert.Contains("check train/test disjoint", pair.Item1.Message, StringComparison.Ordinal);
            Assert.Contains(pair.Item2.Id, pair.Item1.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task TrainAsync_QuestionThatGoesOn_IsAnotherQuestion()
    {
        using Laboratory laboratory = _bench.Open();
        ExperimentItem item = laboratory.Items(new ItemQuery("listing", ExperimentSplit.Test, 1, 3))[0];
        await laboratory.MeasureAsync("arm", 1, [item], (_, _) => Task.FromResult(new Observation()), TestContext.Current.CancellationToken);

        await TrainAsync(laboratory, Training() with { Conversations = [LaboratoryBench.Lesson(item.Question + " or fig", "answer: apple")] });
    }

    [Fact]
    public async Task TrainAsync_BrokenSettings_AreAllNamed()
    {
        using Laboratory laboratory = _bench.Open();

        ReplicationException error = await Assert.ThrowsAsync<ReplicationException>(
            () => TrainAsync(laboratory, new AdapterTraining { Name = "a/b", Seed = 1, Rank = 0, LearningRate = -1 }));
        foreach (string words in (string[])["'a/b'", "exactly one kind of data", "rank 0", "learning rate -1"])
        {
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TrainAsync_OverlongExample_IsNamed()
    {
        using Laboratory laboratory = _bench.Open();

        ReplicationException error = await Assert.ThrowsAsync<ReplicationException>(
            () => TrainAsync(laboratory, Training() with { Conversations = [Lessons[0], LaboratoryBench.Lesson(new string('x', 600), "y")] }));
        Assert.Contains("Example 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("512", error.Message, StringComparison.Ordinal);
    }

    private static AdapterTraining Training() => new() { Name = "fruit", Seed = 1, Rank = 2, BatchSize = 2, Epochs = 2, LearningRate = 0.01, Conversations = Lessons };

    private static Task<ExperimentAdapter> TrainAsync(Laboratory laboratory, AdapterTraining training) => laboratory.TrainAsync(training, TestContext.Current.CancellationToken);

    private static async Task<double> ScoreAsync(Laboratory laboratory, string text, ExperimentAdapter? adapter = null)
    {
        ILanguageModel model = laboratory.Model.Language;
        ScoreRequest request = new(laboratory.Model.Encode([new ChatMessage(ChatRole.User, "say 1")]), [model.Tokenizer.Encode(text)])
        {
            Adapters = adapter is null ? [] : [new AdapterUse(adapter.Id)],
        };
        return (await model.ScoreAsync(request, TestContext.Current.CancellationToken))[0].Sum(value => (double)value);
    }

    private string Values(string folder, ExperimentAdapter adapter) =>
        Path.Combine(_bench.Root, folder, Laboratory.AdaptersName, adapter.Id, "peft", "adapter_model.safetensors");

    private sealed class StopAt(long step, CancellationTokenSource source) : IProgress<LaboratoryProgress>
    {
        public void Report(LaboratoryProgress value)
        {
            if (value.Part == "train fruit" && value.Done == step)
            {
                source.Cancel();
            }
        }
    }
}
