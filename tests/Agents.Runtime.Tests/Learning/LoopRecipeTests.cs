using Agents.Models.Adapters;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Runtime.Learning;
using Agents.Training.Loops;

namespace Agents.Runtime.Tests.Learning;

public sealed class LoopRecipeTests : IDisposable
{
    private readonly LoopRecipe _run = new();

    public void Dispose() => _run.Dispose();

    private static string Recipe(string loop) => loop switch
    {
        "preference" => LoopRecipe.Preference,
        "reinforcement" => LoopRecipe.Reinforcement,
        _ => LoopRecipe.Rejection,
    };

    [Theory]
    [InlineData("preference", 3, "sample,pairs,preference")]
    [InlineData("reinforcement", 3, "reinforcement")]
    [InlineData("rejection", 4, "round-1/sample,round-1/filter,round-1/train,round-2/sample,round-2/filter,round-2/train")]
    public async Task RunAsync_Loop_GoesThroughItsStagesAndChangesTheModel(string loop, long steps, string stages)
    {
        RecipeResult result = await _run.RunAsync(Recipe(loop), "run");

        Assert.Equal((steps, steps, 0), (result.Training.Steps, result.PlannedSteps, result.ExitCode));
        Assert.Equal(stages.Split(','), result.Stages.Select(stage => stage.Stage));
        Assert.All(result.Stages, stage => Assert.Equal((false, "Completed", LoopRecipe.Hash(stage.Output)), (stage.Reused, stage.Stop, stage.OutputHash)));
        Assert.Equal(stages.Split(',').Length, File.ReadLines(Path.Combine(_run.Folder, "run", "stages.jsonl")).Count());
        using DecoderWeights<float> before = GgufCheckpoint.Load(LoopRecipe.Tiny).Weights;
        using DecoderWeights<float> after = GgufCheckpoint.Load(result.ModelPath).Weights;
        Assert.NotEqual(WeightHash.Compute(before), WeightHash.Compute(after));
        Assert.Empty(result.Notes);
        Assert.True(result.Training.Tokens > 0);
    }

    [Theory]
    [InlineData("reinforcement")]
    [InlineData("rejection")]
    public async Task RunAsync_DoraAdapter_SamplesWhileItIsTrained(string loop)
    {
        RecipeResult result = await _run.RunAsync(LoopRecipe.WithAdapter(Recipe(loop), "dora"), "run");

        Assert.Equal(result.PlannedSteps, result.Training.Steps);
        using LoraAdapter adapter = PeftAdapter.Load(Directory.GetDirectories(Path.Combine(_run.Folder, "run"), "*-peft").Single());
        Assert.True(adapter.IsDora);
        Assert.Contains(adapter.Matrices.SelectMany(matrix => matrix.BValues.ToArray()), value => value != 0);
    }

    [Theory]
    [InlineData("preference")]
    [InlineData("reinforcement")]
    [InlineData("rejection")]
    public async Task RunAsync_Adapter_IsTrainedBesideItsBase(string loop)
    {
        RecipeResult result = await _run.RunAsync(LoopRecipe.WithAdapter(Recipe(loop)), "run");

        Assert.Equal(result.PlannedSteps, result.Training.Steps);
        using DecoderWeights<float> weights = GgufCheckpoint.Load(LoopRecipe.Tiny).Weights;
        using LoraAdapter adapter = GgufAdapter.Load(result.ModelPath, weights.Shape);
        Assert.Contains(adapter.Matrices.SelectMany(matrix => matrix.BValues.ToArray()), value => value != 0);
    }

    [Theory]
    [InlineData("preference", "sample", 16)]
    [InlineData("preference", "sample", 20)]
    [InlineData("preference", "preference", 1)]
    [InlineData("preference", "preference", 2)]
    [InlineData("reinforcement", "reinforcement", 1)]
    [InlineData("reinforcement", "reinforcement", 2)]
    [InlineData("rejection", "round-1/sample", 16)]
    [InlineData("rejection", "round-1/train", 1)]
    [InlineData("rejection", "round-1/train", 2)]
    [InlineData("rejection", "round-2/sample", 16)]
    [InlineData("rejection", "round-2/train", 1)]
    public async Task RunAsync_StoppedInAStageOrAtItsEnd_EndsWithTheSameWeights(string loop, string stage, long step)
    {
        RecipeResult expected = await _run.RunAsync(Recipe(loop), "whole");

        await _run.StopAsync(Recipe(loop), "cut", report => report.Stage == stage && report.Step == step);
        RecipeResult resumed = await _run.RunAsync(Recipe(loop), "cut", resume: true);

        Assert.Equal(LoopRecipe.Hash(expected.ModelPath), LoopRecipe.Hash(resumed.ModelPath));
        Assert.Equal(expected.Stages.Select(report => (report.Stage, report.OutputHash)), resumed.Stages.Select(report => (report.Stage, report.OutputHash)));
        Assert.Equal(expected.Training.Steps, resumed.Training.Steps);
        Assert.Empty(resumed.Notes);
    }

    [Theory]
    [InlineData("streaming")]
    [InlineData("async")]
    public async Task RunAsync_OtherModeWithoutStaleness_EndsWithTheSameWeights(string mode)
    {
        RecipeResult off = await _run.RunAsync(LoopRecipe.Reinforcement, "off");

        RecipeResult other = await _run.RunAsync(LoopRecipe.Reinforcement.Replace("groupSize: 4", $"groupSize: 4\n  mode: {mode}\n  staleness: 0", StringComparison.Ordinal), mode);

        Assert.Equal(LoopRecipe.Hash(off.ModelPath), LoopRecipe.Hash(other.ModelPath));
    }

    [Fact]
    public async Task RunAsync_AdapterOfRejectionStopped_EndsWithTheSameAdapter()
    {
        string yaml = LoopRecipe.WithAdapter(LoopRecipe.Rejection);
        RecipeResult expected = await _run.RunAsync(yaml, "whole");

        await _run.StopAsync(yaml, "cut", report => report.Stage == "round-2/train" && report.Step == 1);
        RecipeResult resumed = await _run.RunAsync(yaml, "cut", resume: true);

        Assert.Equal(LoopRecipe.Hash(expected.ModelPath), LoopRecipe.Hash(resumed.ModelPath));
    }

    [Theory]
    [InlineData("preference")]
    [InlineData("reinforcement")]
    [InlineData("rejection")]
    public async Task RunAsync_FinishedRunResumed_ReusesEveryStage(string loop)
    {
        RecipeResult first = await _run.RunAsync(Recipe(loop), "run");

        RecipeResult again = await _run.RunAsync(Recipe(loop), "run", resume: true);

        Assert.All(again.Stages, stage => Assert.True(stage.Reused, stage.Stage));
        Assert.Equal(first.Stages.Length, File.ReadLines(Path.Combine(_run.Folder, "run", "stages.jsonl")).Count());
        Assert.Equal(LoopRecipe.Hash(first.ModelPath), LoopRecipe.Hash(again.ModelPath));
        Assert.Equal(first.PlannedSteps, again.Training.ResumedFrom);
    }

    [Fact]
    public async Task RunAsync_ResumedWithAnotherLossSetting_KeepsThePairsAndTrainsAgain()
    {
        await _run.RunAsync(LoopRecipe.Preference, "run");
        string changed = LoopRecipe.Preference.Replace("loss: dpo", "loss: dpo\n  beta: 0.3", StringComparison.Ordinal);

        RecipeResult again = await _run.RunAsync(changed, "run", resume: true);
        RecipeResult fresh = await _run.RunAsync(changed, "fresh");

        Assert.Equal([true, true, false], again.Stages.Select(stage => stage.Reused));
        Assert.Contains("'preference' runs again, because its inputs changed", Assert.Single(again.Notes), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_run.Folder, "run", "superseded-1"), "*.checkpoint"));
        Assert.Equal(LoopRecipe.Hash(fresh.ModelPath), LoopRecipe.Hash(again.ModelPath));
    }

    [Fact]
    public async Task RunAsync_ResumedWithAnotherSamplingSetting_RunsEverythingBehindItAgain()
    {
        await _run.RunAsync(LoopRecipe.Preference, "run");
        string changed = LoopRecipe.Preference.Replace("maximumTokens: 48", "maximumTokens: 40", StringComparison.Ordinal);

        RecipeResult again = await _run.RunAsync(changed, "run", resume: true);
        RecipeResult fresh = await _run.RunAsync(changed, "fresh");

        Assert.All(again.Stages, stage => Assert.False(stage.Reused, stage.Stage));
        Assert.Equal(LoopRecipe.Hash(fresh.ModelPath), LoopRecipe.Hash(again.ModelPath));
    }

    [Theory]
    [InlineData("samples.journal")]
    [InlineData("pairs.jsonl")]
    public async Task RunAsync_ResumedWithADamagedOutput_NamesItAndMakesItAgain(string name)
    {
        RecipeResult expected = await _run.RunAsync(LoopRecipe.Preference, "run");
        string path = Path.Combine(_run.Folder, "run", name);
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        RecipeResult again = await _run.RunAsync(LoopRecipe.Preference, "run", resume: true);

        string note = Assert.Single(again.Notes);
        Assert.Contains(name, note, StringComparison.Ordinal);
        Assert.Contains("is damaged or was changed", note, StringComparison.Ordinal);
        Assert.Equal(expected.Stages.Select(stage => stage.OutputHash), again.Stages.Select(stage => stage.OutputHash));
    }

    [Fact]
    public async Task RunAsync_ResumedWithADamagedCheckpoint_NamesItAndTrainsTheRestAgain()
    {
        RecipeResult expected = await _run.RunAsync(LoopRecipe.Rejection, "run");
        string path = expected.Stages[2].Output;
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^9] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        RecipeResult again = await _run.RunAsync(LoopRecipe.Rejection, "run", resume: true);

        Assert.Contains(again.Notes, note => note.Contains(Path.GetFileName(path), StringComparison.Ordinal));
        Assert.Equal(LoopRecipe.Hash(expected.ModelPath), LoopRecipe.Hash(again.ModelPath));
    }

    [Fact]
    public async Task RunAsync_ManifestChangedByHand_IsRefusedByName()
    {
        await _run.RunAsync(LoopRecipe.Rejection, "run");
        string path = Path.Combine(_run.Folder, "run", "stages.jsonl");
        string[] lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(path, lines.Skip(1), TestContext.Current.CancellationToken);

        AgentsException error = await Assert.ThrowsAnyAsync<AgentsException>(() => _run.RunAsync(LoopRecipe.Rejection, "run", resume: true));

        Assert.Contains("stages.jsonl: line 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FolderWithARun_AsksToResume()
    {
        await _run.StopAsync(LoopRecipe.Preference, "run", report => report.Stage == "sample");

        RecipeException error = await Assert.ThrowsAsync<RecipeException>(() => _run.RunAsync(LoopRecipe.Preference, "run"));
        RecipeException nothing = await Assert.ThrowsAsync<RecipeException>(() => _run.RunAsync(LoopRecipe.Preference, "other", resume: true));

        Assert.Contains("already has a run. Resume it", error.Message, StringComparison.Ordinal);
        Assert.Contains("has no run to resume", nothing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_WhileSampling_SaysHowFarAndWhereToResume()
    {
        string message = await _run.StopAsync(LoopRecipe.Preference, "run", report => report is { Stage: "sample", Step: 16 });

        Assert.Contains("Stage 'sample' stopped after answers to 16 of 20 questions; resume from ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoSignal_EndsEarlyWithItsReasonAndExitCode()
    {
        // Only watched components differ: the rewarded one is 0 for every answer that is cut after two tokens.
        string yaml = "preflight: off\n" + LoopRecipe.Reinforcement.Replace("maximumTokens: 48", "maximumTokens: 2\n  deadSteps: 2\n  kl: { coefficient: 0 }", StringComparison.Ordinal);

        RecipeResult result = await _run.RunAsync(yaml, "run");

        Assert.Equal((ReinforcementStop.NoSignal, 10, 2L, 3L), (result.Stop, result.ExitCode, result.Training.Steps, result.PlannedSteps));
        Assert.Contains("every prompt is always or never solved", result.Explanation, StringComparison.Ordinal);
        Assert.Equal("NoSignal", Assert.Single(result.Stages).Stop);
    }

    [Fact]
    public async Task RunAsync_QuestionsOfAFile_AreSampledAndJudged()
    {
        string file = Path.Combine(_run.Folder, "questions.jsonl");
        await File.WriteAllLinesAsync(file, ["""{"question":"compute 1 + 1","answer":"2"}""", """{"question":"compute 1 + 2","answer":"3"}"""], TestContext.Current.CancellationToken);
        string yaml = LoopRecipe.Reinforcement.Replace("[ { family: arithmetic }, { family: lookup } ]", "[ { file: questions.jsonl } ]", StringComparison.Ordinal);

        RecipeResult result = await _run.RunAsync(yaml, "run");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(3, result.Training.Steps);
    }

    [Theory]
    [InlineData("toy.gguf")]
    [InlineData("toy-peft")]
    public async Task RunAsync_AdapterTrainedFurther_StartsFromItsValues(string name)
    {
        RecipeResult first = await _run.RunAsync(LoopRecipe.WithAdapter(LoopRecipe.Rejection), "first");
        string start = Path.Combine(_run.Folder, "first", name).Replace('\\', '/');
        string yaml = LoopRecipe.Reinforcement.Replace("training:", $"adapter: {{ from: \"{start}\" }}\ntraining:", StringComparison.Ordinal)
            .Replace("algorithm: grpo", "algorithm: dr-grpo", StringComparison.Ordinal);

        RecipeResult further = await _run.RunAsync(yaml, "further");

        using DecoderWeights<float> weights = GgufCheckpoint.Load(LoopRecipe.Tiny).Weights;
        using LoraAdapter before = GgufAdapter.Load(first.ModelPath, weights.Shape);
        using LoraAdapter after = GgufAdapter.Load(further.ModelPath, weights.Shape);
        Assert.NotEqual(before.Hash, after.Hash);

        // Three small steps leave A near the values that it started from; a new adapter would have others.
        float[] a = before.Matrices[0].AValues.ToArray();
        float[] b = after.Matrices[0].AValues.ToArray();
        Assert.Equal(a.Length, b.Length);
        Assert.All(a.Zip(b), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.002));
    }

    [Fact]
    public async Task RunAsync_AdapterToTrainFurtherIsMissing_IsNamed()
    {
        string yaml = LoopRecipe.Rejection.Replace("training:", "adapter: { from: gone-peft }\ntraining:", StringComparison.Ordinal);

        RecipeException error = await Assert.ThrowsAsync<RecipeException>(() => _run.RunAsync(yaml, "run"));

        Assert.Contains("gone-peft'. Correct 'adapter.from'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ipo")]
    [InlineData("orpo")]
    [InlineData("kto")]
    public async Task RunAsync_PairsOfAFile_AreLearned(string loss)
    {
        await File.WriteAllLinesAsync(
            Path.Combine(_run.Folder, "pairs.jsonl"),
            Enumerable.Range(0, 6).Select(i => $$"""{"prompt":"compute {{i}} + 1","chosen":"answer: {{i + 1}}","rejected":"answer: {{i}}"}"""),
            TestContext.Current.CancellationToken);
        string yaml = $$"""
            name: toy
            loop: preference
            model: { from: "{{LoopRecipe.Tiny}}" }
            training: { steps: 3, learningRate: 0.001, rowsPerBatch: 256 }
            preference: { loss: {{loss}}, file: pairs.jsonl, pairsPerStep: 2 }
            """;

        RecipeResult result = await _run.RunAsync(yaml, "run");

        Assert.Equal(["preference"], result.Stages.Select(stage => stage.Stage));
        Assert.True(result.Preference!.Margin > -100 && double.IsFinite(result.Preference.Loss));
        Assert.Equal(3, result.Training.Steps);
    }

    [Theory]
    [InlineData("""{"prompt":"a","chosen":"b"}""", "line 2: no pair")]
    [InlineData("""{"prompt":"a","chosen":"b","rejected":"b"}""", "are the same")]
    [InlineData("""{"prompt":"","chosen":"b","rejected":"c"}""", "'prompt' is empty")]
    [InlineData("[]", "line 2: no pair")]
    [InlineData("nothing", "line 2: no pair")]
    public async Task RunAsync_MalformedPair_NamesTheLine(string line, string expected)
    {
        await File.WriteAllLinesAsync(Path.Combine(_run.Folder, "pairs.jsonl"), ["""{"prompt":"p","chosen":"b","rejected":"c"}""", line], TestContext.Current.CancellationToken);
        string yaml = $"name: toy\nloop: preference\nmodel: {{ from: \"{LoopRecipe.Tiny}\" }}\ntraining: {{ steps: 1 }}\npreference: {{ file: pairs.jsonl }}";

        RecipeException error = await Assert.ThrowsAsync<RecipeException>(() => _run.RunAsync(yaml, "run"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("maximumTokens: 48", "maximumTokens: 5000", "exceeds the model's context of 1024")]
    [InlineData("rowsPerBatch: 512", "rowsPerBatch: 60", "exceeds a micro-batch of 60 rows. Raise 'training.rowsPerBatch' to ")]
    [InlineData("family: arithmetic", "family: arithmetik", "There is no task family 'arithmetik'")]
    [InlineData("family: arithmetic", "family: arithmetic, role: verify", "The role 'verify' has no answer that could be verified")]
    [InlineData("family: arithmetic", "file: gone.jsonl", "There is no question file")]
    public async Task RunAsync_WhatCannotWork_IsNamedBeforeSampling(string find, string replace, string expected)
    {
        RecipeException error = await Assert.ThrowsAsync<RecipeException>(() => _run.RunAsync(LoopRecipe.Reinforcement.Replace(find, replace, StringComparison.Ordinal), "run"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoRightAnswer_SaysWhatCameOfTheSamples()
    {
        string yaml = LoopRecipe.Rejection.Replace("maximumTokens: 48", "maximumTokens: 2", StringComparison.Ordinal);

        RecipeException error = await Assert.ThrowsAsync<RecipeException>(() => _run.RunAsync(yaml, "run"));

        Assert.Contains("No answer could be kept of 64 answers to 16 questions (0 always right, 16 never right, 0 not judged)", error.Message, StringComparison.Ordinal);
    }
}
