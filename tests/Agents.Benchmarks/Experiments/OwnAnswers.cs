using System.Globalization;
using Agents.Evaluation.Tasks;
using Agents.Models.Decoder;

namespace Agents.Benchmarks.Experiments;

/// <summary>Answers that the model under training gives to training questions, a part of the questions per round.</summary>
internal static class OwnAnswers
{
    private const ulong RoundStride = 1_000_000;

    /// <summary>Samples the questions of a round.</summary>
    /// <param name="context">The run.</param>
    /// <param name="round">Number of the round, from 0.</param>
    /// <returns>Answers by question.</returns>
    public static async Task<IReadOnlyList<SampledAnswer[]>> SampleAsync(ArmContext context, int round)
    {
        int count = context.Items.Length / context.Settings.Rounds;
        IReadOnlyList<TaskItem> items = [.. context.Items.Skip(round * count).Take(count)];
        using PhaseClock.Span _ = context.Clock.Measure("sampling");
        using DecoderModel policy = context.Trainer.Serve();
        SampledAnswer[][] groups = await new AnswerSampler(context.Experiment)
            .AnswerAsync(policy, items, context.Settings.GroupSize, temperature: 1, context.Limit, (context.Seed * RoundStride) + (ulong)round).ConfigureAwait(false);
        context.SampledTokens += groups.Sum(group => group.Sum(answer => (long)answer.TokenIds.Length));
        return groups;
    }

    /// <summary>Returns the folder of a round.</summary>
    /// <param name="context">The run.</param>
    /// <param name="round">Number of the round.</param>
    public static string Folder(ArmContext context, int round) => Path.Combine(context.Folder, round.ToString(CultureInfo.InvariantCulture));
}
