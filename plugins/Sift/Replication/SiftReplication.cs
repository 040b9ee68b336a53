using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>
/// The laptop-scale check of papers/49 §5 (C): word problems that can be misread; the plain answer, votes at equal calls, and the method stage by stage, with the quality of
/// its stickers and the worth of agreement. All arms but the votes are greedy: a seed stands for its own set of questions, and for the samples of the votes.
/// </summary>
public sealed class SiftReplication : IReplication
{
    private const int FewSamples = 3;
    private const int ManySamples = 11;

    /// <inheritdoc/>
    public ReplicationInfo Info { get; } = new(
        "49",
        SiftStrategy.Id,
        "SIFT: Grounding LLM Reasoning in Contexts via Stickers",
        "Answers that the restated facts and the question with them agree on are right more often, and repairing the facts until they agree raises accuracy above the plain answer and above a vote at equal calls.");

    /// <inheritdoc/>
    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(laboratory);
        SiftSize size = SiftSize.Of(laboratory.Profile);
        SiftArms arms = new(laboratory);
        StickerStudy stickers = new(laboratory);
        SiftRuns runs = new();
        foreach (ulong seed in laboratory.Seeds)
        {
            IReadOnlyList<ExperimentItem> items = SiftItems.Draw(laboratory, ExperimentSplit.Test, size.Items, seed);
            laboratory.Say(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {items.Count} questions"));
            Task<ArmRun> Measure(string arm, Func<ExperimentItem, CancellationToken, Task<Observation>> observe) => laboratory.MeasureAsync(arm, seed, items, observe, cancellationToken);

            runs.Add(await Measure(SiftArms.Direct, (item, stop) => arms.DirectAsync(item, seed, stop)).ConfigureAwait(false));
            foreach ((string arm, string settings) in SiftArms.Methods)
            {
                runs.Add(await Measure(arm, (item, stop) => arms.SiftAsync(item, settings, seed, stop)).ConfigureAwait(false));
            }

            Dictionary<string, int> calls = runs.Of(SiftArms.Sift)[^1].Rows.ToDictionary(row => row.Item.Id, row => Math.Max(1, row.Seen.Calls));
            runs.Add(await Measure(SiftArms.Matched, (item, stop) => arms.VoteAsync(item, calls[item.Id], seed, stop)).ConfigureAwait(false));
            foreach (int samples in new[] { FewSamples, ManySamples })
            {
                runs.Add(await Measure(SiftArms.Consistency(samples), (item, stop) => arms.VoteAsync(item, samples, seed, stop)).ConfigureAwait(false));
            }

            runs.Add(await Measure(SiftFindings.Stickers, stickers.ObserveAsync).ConfigureAwait(false));
        }

        return new SiftFindings(laboratory, runs, size).Write(FewSamples, ManySamples);
    }
}
