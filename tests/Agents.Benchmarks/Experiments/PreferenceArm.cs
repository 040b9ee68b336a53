using Agents.Models.Decoder;
using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Scoring;

namespace Agents.Benchmarks.Experiments;

/// <summary>DPO on pairs of the model's own answers, a right one before a wrong one, round after round; the reference is the model at the start of the round.</summary>
internal static class PreferenceArm
{
    /// <summary>Trains.</summary>
    /// <param name="context">The run.</param>
    public static async Task TrainAsync(ArmContext context)
    {
        for (int round = 0; round < context.Settings.Rounds; round++)
        {
            IReadOnlyList<SampledAnswer[]> groups = await OwnAnswers.SampleAsync(context, round).ConfigureAwait(false);
            PreferenceExample[] pairs = [.. groups.SelectMany(group => Pairs(group, context.Settings.PerPrompt))];
            using DecoderModel start = context.Trainer.Serve();
            PreferenceTrainer trainer = new(
                context.Trainer,
                new DpoLoss(context.Settings.Beta),
                new InMemoryPreferenceSource(pairs),
                new PreferenceTrainerOptions
                {
                    Steps = Math.Max(1, pairs.Length / context.Settings.PairsPerStep),
                    OutputFolder = OwnAnswers.Folder(context, round),
                    Seed = context.Seed,
                    ExamplesPerStep = context.Settings.PairsPerStep,
                    Schedule = context.Schedule(),
                    CheckpointInterval = TimeSpan.FromHours(1),
                },
                new FrozenScorer(start));
            await trainer.RunAsync(new Observer<PreferenceProgress>(report => context.Watch(FormattableString.Invariant(
                $"round {round}  pairs {pairs.Length}  loss {report.Loss:F3}  margin {report.Margin:F2}  ordered {report.Accuracy:P0}")))).ConfigureAwait(false);
        }
    }

    /// <summary>Pairs right answers with wrong ones, each used once.</summary>
    internal static IEnumerable<PreferenceExample> Pairs(SampledAnswer[] group, int limit)
    {
        IEnumerable<SampledAnswer> Different(bool right) => group.Where(answer => answer.IsRight == right).DistinctBy(answer => string.Join(',', answer.TokenIds));
        return Different(true).Zip(Different(false)).Take(limit).Select(pair => PreferenceExample.Pair(pair.First.Prompt, pair.First.TokenIds, pair.Second.TokenIds));
    }
}
