using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Advantages;
using Agents.Training.Backward;
using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

public sealed class ReinforcementResumeTests : IDisposable
{
    private const int Steps = 6;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ReinforcementOptions Options(string folder, int staleness, bool resume) => BanditRun.Options(folder, Steps, resume) with
    {
        Asynchrony = staleness > 0 ? Asynchrony.Async : Asynchrony.Off,
        Staleness = staleness,
        DynamicSampling = true,
        UpdatesPerStep = 2,
    };

    private static async Task<(byte[] Bits, ReinforcementResult Result, string Rates)> Finish(string folder, int staleness, bool resume)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        ReinforcementStages stages = BanditRun.Stages(maximumTokens: 3);
        using ReinforcementTrainer trainer = new(model, BanditRun.Sync(model), stages, Options(folder, staleness, resume));
        ReinforcementResult result = await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (TinyRun.Bits(model), result, string.Join(' ', stages.PassRates.Rates));
    }

    private static async Task Interrupt(string folder, int staleness, long step, bool resume, bool crash, int every = 0)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using CancellationTokenSource source = new();
        using ReinforcementTrainer trainer = new(
            model, BanditRun.Sync(model), BanditRun.Stages(maximumTokens: 3), Options(folder, staleness, resume) with { CheckpointEverySteps = every });
        ImmediateProgress<ReinforcementProgress> progress = new(report =>
        {
            if (report.Step == step)
            {
                if (crash)
                {
                    throw new InvalidOperationException("crash");
                }

                source.Cancel();
            }
        });
        if (crash)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.RunAsync(progress, source.Token));
        }
        else
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => trainer.RunAsync(progress, source.Token));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_StoppedAfterAnyStep_ContinuesBitForBit(int staleness)
    {
        (byte[] expected, _, string rates) = await Finish(_folder["whole"], staleness, resume: false);
        for (int step = 1; step < Steps; step++)
        {
            string folder = _folder[$"stopped-{step}"];
            await Interrupt(folder, staleness, step, resume: false, crash: false);

            (byte[] bits, ReinforcementResult result, string resumedRates) = await Finish(folder, staleness, resume: true);

            // With staleness a cancelled run does not wait for samples of older weights, but goes back to the checkpoint before.
            Assert.InRange(result.ResumedFrom, staleness == 0 ? step : 0, step);
            Assert.Equal(Steps, result.Steps);
            Assert.Equal(expected, bits);
            Assert.Equal(rates, resumedRates);
            Assert.Equal(Steps, File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Count());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RunAsync_CrashedBetweenCheckpoints_ContinuesBitForBit(int staleness)
    {
        (byte[] expected, _, _) = await Finish(_folder["whole"], staleness, resume: false);
        await Interrupt(_folder["crashed"], staleness, 3, resume: false, crash: true, every: 2);
        await Interrupt(_folder["crashed"], staleness, 5, resume: true, crash: true, every: 2);

        (byte[] bits, ReinforcementResult result, _) = await Finish(_folder["crashed"], staleness, resume: true);

        Assert.Equal(4, result.ResumedFrom);
        Assert.Equal(expected, bits);
    }

    [Fact]
    public async Task RunAsync_Staleness_ChangesTheResultAndAgesTheSamples()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        List<long> ages = [];
        using ReinforcementTrainer trainer = new(model, BanditRun.Sync(model), BanditRun.Stages(maximumTokens: 3), Options(_folder["lag"], 2, resume: false));
        await trainer.RunAsync(new ImmediateProgress<ReinforcementProgress>(report => ages.Add(report.Age)), TestContext.Current.CancellationToken);

        (byte[] fresh, _, _) = await Finish(_folder["fresh"], 0, resume: false);

        Assert.Equal([0, 1, 2, 2, 2, 2], ages);
        Assert.NotEqual(fresh, TinyRun.Bits(model));
    }

    [Fact]
    public async Task RunAsync_NoStaleness_EqualsTheLoopWrittenByHand()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        ReinforcementStages stages = BanditRun.Stages(maximumTokens: 3);
        ReinforcementOptions options = BanditRun.Options(_folder["loop"], Steps);
        using (ReinforcementTrainer trainer = new(model, BanditRun.Sync(model), stages, options))
        {
            await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        }

        using DecoderTrainer<float> byHand = BanditRun.Model();
        ReinforcementStages parts = BanditRun.Stages(maximumTokens: 3);
        for (int step = 0; step < Steps; step++)
        {
            await StepByHand(byHand, parts, options, step);
        }

        Assert.Equal(TinyRun.Bits(byHand), TinyRun.Bits(model));
    }

    [Fact]
    public async Task RunAsync_OtherRecipe_NamesTheDifference()
    {
        await Interrupt(_folder["a"], 0, 2, resume: false, crash: false);

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => Finish(_folder["a"], 1, resume: true));

        Assert.Contains("'staleness = 1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FinishedRunResumed_DoesNothing()
    {
        (byte[] expected, _, _) = await Finish(_folder["a"], 1, resume: false);

        (byte[] bits, ReinforcementResult result, _) = await Finish(_folder["a"], 1, resume: true);

        Assert.Equal(expected, bits);
        Assert.Equal((Steps, Steps, null), (result.Steps, result.ResumedFrom, result.Last));
    }

    /// <summary>The plainest synchronous step: one sequence per forward pass would differ in rounding, so it packs as the trainer does.</summary>
    private static async Task StepByHand(DecoderTrainer<float> model, ReinforcementStages parts, ReinforcementOptions options, int step)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using PolicyGeneration serving = await BanditRun.Sync(model).PublishAsync(token);
        RolloutTicket[] tickets = [.. Enumerable.Range(0, 3).Select(i => new RolloutTicket((step * 3) + i, parts.Prompts.Next()))];
        List<ExperienceGroup> groups = [];
        foreach (SampledGroup sampled in (await parts.Rollout.SampleAsync(serving, tickets, token).ToListAsync(token)).OrderBy(group => group.Ticket.Draw))
        {
            ExperienceGroup rows = new(
                step, sampled.Ticket.Draw, sampled.Ticket.Prompt.Id, "", [.. sampled.Completions.Select(c => parts.Trajectories.Build(sampled.Ticket.Prompt, c, "g", step))]);
            groups.Add(await parts.Rewards.ScoreAsync(sampled.Ticket.Prompt, rows, token));
        }

        ExperienceColumns columns = new([.. groups], step);
        parts.Advantages.Estimate(new AdvantageInputs { Reward = columns.Reward, Group = columns.Group, Length = columns.Length }, columns.Advantage);
        if (!columns.HasSignal)
        {
            return;
        }

        List<Agents.Training.Data.SequencePiece> pieces = [];
        for (int i = 0; i < columns.Rows.Length; i++)
        {
            // Nothing is learned from an advantage of zero, but it counts.
            if (columns.Advantage[i] == 0)
            {
                continue;
            }

            ExperienceRow row = columns.Rows[i];
            int prompt = row.PromptTokenIds.Length;
            double[] advantages = [.. new double[prompt], .. Enumerable.Repeat(columns.Advantage[i], row.CompletionTokenIds.Length)];
            Agents.Training.Data.TrainingExample example = Agents.Training.Data.TrainingExample.FromSpans(
                [.. row.PromptTokenIds, .. row.CompletionTokenIds], new Agents.Training.Data.TargetSpan(prompt, row.CompletionTokenIds.Length));
            pieces.Add(Agents.Training.Data.SequencePiece.Whole(example with { Columns = new TokenColumns { Advantage = advantages } }));
        }

        // Micro-batches are filled in order, never with a later sequence that still fits.
        List<PackedBatch> batches = [];
        while (pieces.Count > 0)
        {
            int fits = 1;
            while (fits < pieces.Count && pieces.Take(fits + 1).Sum(piece => piece.Count) <= options.RowsPerBatch)
            {
                fits++;
            }

            batches.Add(Agents.Training.Data.SequencePacker.Pack([.. pieces.Take(fits)], options.RowsPerBatch).Single());
            pieces.RemoveRange(0, fits);
        }

        LossContext context = new(columns.Length.Sum(), columns.Rows.Length, columns.Rows.Length, (double)step / Steps);
        List<PackedBatch> withOld = [];
        foreach (PackedBatch batch in batches)
        {
            float[] old = new float[batch.Rows];
            model.LogProbabilities(batch, old);
            withOld.Add(batch with { Columns = batch.Columns! with { OldLogProbability = [.. old.Select(value => (double)value)] } });
        }

        foreach (PackedBatch batch in withOld)
        {
            model.AccumulateGradients(batch, new PpoClipLoss(), context);
        }

        model.ApplyGradients(options.Schedule.AtStep(step, Steps));
    }
}
