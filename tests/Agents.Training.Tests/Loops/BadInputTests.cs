using Agents.Learning;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

/// <summary>What must not hurt a run, beside what the tests of each loop show: every case ends with a named error and leaves the last good state whole.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<ReinforcementResult> Reinforce(ITokenLoss loss, bool resume = false, ulong seed = 5)
    {
        using DecoderTrainer<float> model = BanditRun.Model(seed);
        ReinforcementStages stages = BanditRun.Stages(maximumTokens: 3) with { PolicyLoss = loss };
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), stages, BanditRun.Options(_folder.Path, 6, resume) with { CheckpointEverySteps = 1 });
        return await sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Reinforcement_LossIsNoNumber_KeepsTheLastGoodCheckpointAndCanGoOn()
    {
        TrainingDivergedException error = await Assert.ThrowsAsync<TrainingDivergedException>(() => Reinforce(new BreakingLoss(3)));

        string newest = Directory.GetFiles(_folder.Path, "*.checkpoint").Max()!;
        Assert.Contains("has loss NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains(newest, error.Message, StringComparison.Ordinal);
        ReinforcementResult result = await Reinforce(new BreakingLoss(int.MaxValue), resume: true);
        Assert.Equal((6L, ReinforcementStop.Completed), (result.Steps, result.Stop));
        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task Preference_LossIsNoNumber_KeepsTheLastGoodCheckpoint()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        InMemoryPreferenceSource source = new([PreferenceExample.Pair([1], [2, 3], [4]), PreferenceExample.Pair([2], [3], [4, 5])]);
        PreferenceTrainer sut = new(
            model, new BreakingPairLoss(2), source, new PreferenceTrainerOptions { Steps = 9, OutputFolder = _folder.Path, ExamplesPerStep = 2, RowsPerBatch = 12, CheckpointEverySteps = 1 });

        TrainingDivergedException error = await Assert.ThrowsAsync<TrainingDivergedException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("step-000000000002.checkpoint", error.Message, StringComparison.Ordinal);
        new CheckpointReader(_folder["step-000000000002.checkpoint"]).Dispose();
    }

    [Fact]
    public async Task Reinforcement_CheckpointOfAnotherModel_NamesTheDifference()
    {
        await Reinforce(new PpoClipLoss());
        using DecoderTrainer<float> other = TinyRun.Model(TinyRun.Shape with { RopeTheta = 500_000 });
        using ReinforcementTrainer sut = new(other, BanditRun.Sync(other), BanditRun.Stages(maximumTokens: 3), BanditRun.Options(_folder.Path, 6, resume: true));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("belongs to another run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reinforcement_NewestCheckpointDamaged_GoesOnFromTheOneBefore()
    {
        await Assert.ThrowsAsync<TrainingDivergedException>(() => Reinforce(new BreakingLoss(4)));
        string newest = Directory.GetFiles(_folder.Path, "*.checkpoint").Max()!;
        using (FileStream file = File.OpenWrite(newest))
        {
            file.SetLength(file.Length / 2);
        }

        ReinforcementResult result = await Reinforce(new BreakingLoss(int.MaxValue), resume: true);

        Assert.Equal(6, result.Steps);
        Assert.Contains(newest, Assert.Single(result.DamagedCheckpoints), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyData_IsNamedByEverySource()
    {
        Assert.Contains("at least one example", Assert.Throws<ArgumentException>(() => new InMemoryExampleSource([])).Message, StringComparison.Ordinal);
        Assert.Contains("at least one example", Assert.Throws<ArgumentException>(() => new InMemoryPreferenceSource([])).Message, StringComparison.Ordinal);
        Assert.Contains("at least one prompt", Assert.Throws<ArgumentException>(() => new ShuffledPromptSampler([], 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Supervised_ExampleTooLong_IsNamedBeforeAnyWeightChanged()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        byte[] before = TinyRun.Bits(model);
        InMemoryExampleSource source = new([TrainingExample.Text([.. Enumerable.Repeat(1, 9)])]);
        SupervisedTrainer sut = new(model, new CrossEntropyLoss(), source, TinyRun.Options(_folder.Path));

        TrainingException error = await Assert.ThrowsAsync<TrainingException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("Example 0 of 'memory:1:", error.Message, StringComparison.Ordinal);
        Assert.Contains("has 9 tokens; the longest allowed is 8. Raise the limit, or choose to keep the start or to split.", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, TinyRun.Bits(model));
    }

    [Fact]
    public async Task Preference_PairTooLong_IsNamedBeforeAnyWeightChanged()
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        byte[] before = TinyRun.Bits(model);
        InMemoryPreferenceSource source = new([PreferenceExample.Pair([1], [2, 3, 4, 5, 6, 7], [4, 5, 6, 7, 8, 9])]);
        PreferenceTrainer sut = new(model, new SimPoLoss(), source, new PreferenceTrainerOptions { Steps = 2, OutputFolder = _folder.Path, RowsPerBatch = 12 });

        TrainingException error = await Assert.ThrowsAsync<TrainingException>(() => sut.RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("Raise the rows, or drop long examples.", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, TinyRun.Bits(model));
    }

    private sealed class BreakingLoss(int goodCalls) : ITokenLoss
    {
        private readonly PpoClipLoss _loss = new();
        private int _calls;

        public string Id => _loss.Id;

        public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients) =>
            ++_calls > goodCalls ? double.NaN : _loss.Evaluate(inputs, context, gradients);
    }

    private sealed class BreakingPairLoss(int goodCalls) : ITokenLoss
    {
        private readonly SimPoLoss _loss = new();
        private int _calls;

        public string Id => _loss.Id;

        public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients) =>
            ++_calls > goodCalls ? double.NaN : _loss.Evaluate(inputs, context, gradients);
    }
}
