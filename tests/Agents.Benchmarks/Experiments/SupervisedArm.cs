using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;

namespace Agents.Benchmarks.Experiments;

/// <summary>Cross-entropy on solutions: those of the generator (SFT, and the controls of reinforcement learning), or the model's own right ones (rejection sampling).</summary>
internal static class SupervisedArm
{
    /// <summary>Trains on reference solutions.</summary>
    /// <param name="context">The run.</param>
    public static Task TrainAsync(ArmContext context) =>
        TrainAsync(context, context.Items.Select(context.Experiment.Solved), context.Settings.Steps, context.Folder);

    /// <summary>Trains on the model's own right answers, round after round.</summary>
    /// <param name="context">The run.</param>
    public static async Task TrainOnAcceptedAsync(ArmContext context)
    {
        for (int round = 0; round < context.Settings.Rounds; round++)
        {
            IReadOnlyList<SampledAnswer[]> groups = await OwnAnswers.SampleAsync(context, round).ConfigureAwait(false);
            TrainingExample[] accepted =
            [
                .. groups.SelectMany(group => group.Where(answer => answer.IsRight).DistinctBy(answer => string.Join(',', answer.TokenIds)).Take(context.Settings.PerPrompt))
                    .Select(answer => TrainingExample.FromSpans([.. answer.Prompt, .. answer.TokenIds], new TargetSpan(answer.Prompt.Length, answer.TokenIds.Length))),
            ];
            int steps = Math.Max(1, accepted.Sum(example => example.TokenIds.Length) / context.Settings.TokensPerStep);
            await TrainAsync(context, accepted, steps, OwnAnswers.Folder(context, round)).ConfigureAwait(false);
        }
    }

    private static async Task TrainAsync(ArmContext context, IEnumerable<TrainingExample> examples, int steps, string folder)
    {
        SupervisedTrainer trainer = new(context.Trainer, new CrossEntropyLoss(), new InMemoryExampleSource(examples), new SupervisedTrainerOptions
        {
            Steps = steps,
            OutputFolder = folder,
            Seed = context.Seed,
            Packing = new PackingOptions { TokensPerStep = context.Settings.TokensPerStep },
            Schedule = context.Schedule(),
            CheckpointInterval = TimeSpan.FromHours(1),
        });
        await trainer.RunAsync(new Observer<TrainingProgress>(report => context.Watch(FormattableString.Invariant($"loss {report.Loss:F3}")))).ConfigureAwait(false);
    }
}
