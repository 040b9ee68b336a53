using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>
/// The laptop-scale check of verbalized sampling (papers/51 §5): the gamma law exact and after DPO, and the distance of single answers, plain lists and lists with
/// probabilities from the reference distribution, before and after DPO on the instance prompt alone, with the control in which DPO covers the lists, too.
/// </summary>
public sealed class VerbalizedReplication : IReplication
{
    /// <summary>Number of the paper.</summary>
    public const string Paper = "51";

    private const ulong DataSeed = 5_100;
    private const int TrainingItems = 1_200;
    private const int Level = 1;
    private const int Rank = 16;

    /// <inheritdoc/>
    public ReplicationInfo Info { get; } = new(
        Paper,
        VerbalizedSamplingStrategy.Id,
        "Verbalized Sampling: How to Mitigate Mode Collapse and Unlock LLM Diversity",
        "After preference training sharpened the instance prompt, lists with verbalized probabilities are closer to the reference distribution (lower KL) than single answers and than plain lists, because that training moved them away from it less.")
    {
        Metric = "kl",
    };

    /// <inheritdoc/>
    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(laboratory);
        ListingScale scale = ListingScale.Of(laboratory.Profile);
        ExperimentSplit split = SplitOf(laboratory.Profile);
        IReadOnlyList<ExperimentItem> training = laboratory.Items(new ItemQuery("listing", ExperimentSplit.Train, TrainingItems, DataSeed) { Difficulty = Level });
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery("listing", split, scale.Items, DataSeed) { Difficulty = Level });
        ListingBench bench = new(laboratory, scale);
        laboratory.Say("51: teaching the base model the three formats");
        ExperimentAdapter start = await laboratory.TrainAsync(new AdapterTraining
        {
            Name = "base",
            Seed = DataSeed,
            Rank = Rank,
            LearningRate = 2e-3,
            BatchSize = 32,
            Epochs = scale.CorpusEpochs,
            Conversations = ListingCorpus.Write(laboratory, training, scale.Corpus, DataSeed),
        }, cancellationToken).ConfigureAwait(false);
        ListingArms arms = new();
        foreach (ulong seed in laboratory.Seeds)
        {
            await RunAsync(laboratory, bench, scale, training, items, start, seed, arms, cancellationToken).ConfigureAwait(false);
        }

        SynthesisScale size = SynthesisScale.Of(laboratory.Profile);
        SynthesisArms use = await new SynthesisStudy(laboratory, size).RunAsync(split, cancellationToken).ConfigureAwait(false);
        return ListingFindings.Of(laboratory, scale, split, training.Count, start, arms, new SynthesisFindings(laboratory, size, use), use.All);
    }

    /// <summary>Quick runs, which settings are chosen by, never see the test split.</summary>
    /// <param name="profile">The profile.</param>
    internal static ExperimentSplit SplitOf(ReplicationProfile profile) => profile == ReplicationProfile.Full ? ExperimentSplit.Test : ExperimentSplit.Validation;

    private static async Task RunAsync(
        ILaboratory laboratory,
        ListingBench bench,
        ListingScale scale,
        IReadOnlyList<ExperimentItem> training,
        IReadOnlyList<ExperimentItem> items,
        ExperimentAdapter start,
        ulong seed,
        ListingArms arms,
        CancellationToken cancellationToken)
    {
        laboratory.Say($"51: preference training, seed {seed}");
        TypicalityPairs raters = new(bench, start);
        RatedPair[] rated = await laboratory.RememberAsync(
            $"instance pairs, seed {seed}", ReplicationJson.Default.RatedPairArray, token => raters.InstancesAsync(training, scale.Pairs, DataSeed + seed, token), cancellationToken).ConfigureAwait(false);
        RatedPair[] ratedLists = await laboratory.RememberAsync(
            $"list pairs, seed {seed}", ReplicationJson.Default.RatedPairArray, token => raters.ListsAsync(laboratory, training, scale.Pairs / 2, DataSeed + seed, token), cancellationToken).ConfigureAwait(false);
        TrainingPreference[] instances = [.. rated.Select(pair => new TrainingPreference(ListingPrompts.Instance(training[pair.Item]), pair.Chosen, pair.Rejected))];
        TrainingPreference[] lists = [.. ratedLists.Select(pair => new TrainingPreference(ListingPrompts.Verbalized(laboratory, training[pair.Item], null), pair.Chosen, pair.Rejected))];
        AdapterTraining dpo = new() { Name = "aligned", Seed = seed, LearningRate = 1e-3, BatchSize = 32, Epochs = scale.PairEpochs, Start = start, Preferences = instances, Beta = ListingScale.Beta };
        ExperimentAdapter aligned = await laboratory.TrainAsync(dpo, cancellationToken).ConfigureAwait(false);
        ExperimentAdapter weak = await laboratory.TrainAsync(dpo with { Name = "aligned-weakly", Beta = ListingScale.WeakBeta }, cancellationToken).ConfigureAwait(false);
        ExperimentAdapter both = await laboratory.TrainAsync(dpo with { Name = "aligned-lists-too", Preferences = [.. instances, .. lists] }, cancellationToken).ConfigureAwait(false);

        async Task MeasureAsync(string arm, Func<ExperimentItem, CancellationToken, Task<Observation>> observe) =>
            arms.Add(await laboratory.MeasureAsync(arm, seed, items, observe, cancellationToken).ConfigureAwait(false));

        foreach ((string direct, string enumeration, string typical, string verbalized, ExperimentAdapter adapter) in (IEnumerable<(string, string, string, string, ExperimentAdapter)>)
            [
                (ListingArms.BaseDirect, ListingArms.BaseEnumeration, ListingArms.BaseTypical, ListingArms.BaseVerbalized, start),
                (ListingArms.Direct, ListingArms.Enumeration, ListingArms.Typical, ListingArms.Verbalized, aligned),
            ])
        {
            await MeasureAsync(direct, (item, token) => bench.DirectAsync(item, adapter, seed, token)).ConfigureAwait(false);
            await MeasureAsync(enumeration, (item, token) => bench.ListsAsync(ListingPrompts.Enumeration, item, adapter, seed, token)).ConfigureAwait(false);
            await MeasureAsync(typical, (item, token) => bench.ListsAsync(ListingPrompts.Typical, item, adapter, seed, token)).ConfigureAwait(false);
            await MeasureAsync(verbalized, (item, token) => bench.VerbalizedAsync(item, adapter, seed, null, token)).ConfigureAwait(false);
        }

        foreach ((string before, string after, string rise) in (IEnumerable<(string, string, string)>)
            [
                (ListingArms.BaseDirect, ListingArms.Direct, ListingArms.DirectRise),
                (ListingArms.BaseEnumeration, ListingArms.Enumeration, ListingArms.EnumerationRise),
                (ListingArms.BaseTypical, ListingArms.Typical, ListingArms.TypicalRise),
                (ListingArms.BaseVerbalized, ListingArms.Verbalized, ListingArms.VerbalizedRise),
            ])
        {
            arms.AddRise(arms[before][^1], arms[after][^1], rise);
        }

        arms.AddReading(arms[ListingArms.Verbalized][^1], ListingArms.Stated, "klStated");
        await MeasureAsync(ListingArms.BothVerbalized, (item, token) => bench.VerbalizedAsync(item, both, seed, null, token)).ConfigureAwait(false);
        foreach (double tail in ListingScale.Tails)
        {
            await MeasureAsync(ListingArms.Tail(tail), (item, token) => bench.VerbalizedAsync(item, aligned, seed, tail, token)).ConfigureAwait(false);
        }

        await MeasureAsync(ListingArms.Gamma, (item, token) => bench.GammaAsync(item, start, aligned, token)).ConfigureAwait(false);
        await MeasureAsync(ListingArms.WeakGamma, (item, token) => bench.GammaAsync(item, start, weak, token)).ConfigureAwait(false);
    }
}
