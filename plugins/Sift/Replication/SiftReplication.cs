using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>
/// The laptop-scale check of papers/49 §5 (C): word problems that can be misread; the plain answer, votes at equal calls, and the method stage by stage, with the quality of
/// its stickers and the worth of agreement; once sampled at the rates of the training data, once greedy. A seed stands for its own set of questions and its own samples; the model is one.
/// </summary>
public sealed class SiftReplication : IReplication
{
    private static readonly int[] Votes = [SiftFindings.FewSamples, SiftFindings.ManySamples];

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
        List<SiftFindings> findings = [];
        foreach (SiftCondition condition in SiftCondition.All)
        {
            SiftRuns runs = new(condition);
            foreach (ulong seed in laboratory.Seeds)
            {
                await RunAsync(laboratory, condition, size, seed, runs, cancellationToken).ConfigureAwait(false);
            }

            findings.Add(new SiftFindings(laboratory, condition, runs));
        }

        return SiftVerdict.Write(findings, size);
    }

    private static async Task RunAsync(ILaboratory laboratory, SiftCondition condition, SiftSize size, ulong seed, SiftRuns runs, CancellationToken cancellationToken)
    {
        SiftArms arms = new(laboratory, condition);
        StickerStudy stickers = new(laboratory, condition);
        IReadOnlyList<ExperimentItem> items = SiftItems.Draw(laboratory, ExperimentSplit.Test, size.Items, seed, condition.Levels);
        laboratory.Say(string.Create(CultureInfo.InvariantCulture, $"{condition.Name}, seed {seed}: {items.Count} questions"));
        Task<ArmRun> Measure(string arm, Func<ExperimentItem, CancellationToken, Task<Observation>> observe) =>
            laboratory.MeasureAsync(condition.Of(arm), seed, items, observe, cancellationToken);

        runs.Add(await Measure(SiftArms.Direct, (item, stop) => arms.DirectAsync(item, seed, stop)).ConfigureAwait(false));
        foreach ((string arm, string settings) in SiftArms.Methods)
        {
            runs.Add(await Measure(arm, (item, stop) => arms.SiftAsync(item, settings, seed, stop)).ConfigureAwait(false));
        }

        Dictionary<string, int> calls = runs.Of(SiftArms.Sift)[^1].Rows.ToDictionary(row => row.Item.Id, row => Math.Max(1, row.Seen.Calls));
        runs.Add(await Measure(SiftArms.Matched, (item, stop) => arms.VoteAsync(item, calls[item.Id], seed, stop)).ConfigureAwait(false));
        foreach (int samples in Votes)
        {
            runs.Add(await Measure(SiftArms.Consistency(samples), (item, stop) => arms.VoteAsync(item, samples, seed, stop)).ConfigureAwait(false));
        }

        runs.Add(await Measure(SiftFindings.Stickers, (item, stop) => stickers.ObserveAsync(item, seed, stop)).ConfigureAwait(false));
    }
}
