using Agents.Replication;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>
/// The laptop-scale check of self-aggregation (papers/16 §5 B and C): at four calls, a trained aggregator against greedy, vote, trained choice and oracle, with the controls that
/// tell aggregation from more training (candidates of another question, plain SFT of equal steps) and from a memorized order.
/// </summary>
public sealed class AggregationReplication : IReplication
{
    /// <summary>Number of the paper.</summary>
    public const string Paper = "16";

    private const ulong DataSeed = 1_600;
    private const double LearningRate = 1e-3;

    /// <inheritdoc/>
    public ReplicationInfo Info { get; } = new(
        Paper,
        SelfAggregationStrategy.Id,
        "LLMs Can Generate a Better Answer by Aggregating Their Own Responses",
        "A new answer that a model writes with three of its own samples in view is right more often than one greedy answer, and on answers of several slots more often than a vote of four, also where no sample was right.");

    /// <inheritdoc/>
    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(laboratory);
        AggregationScale scale = AggregationScale.Of(laboratory.Profile);
        ExperimentSplit split = laboratory.Profile == ReplicationProfile.Full ? ExperimentSplit.Test : ExperimentSplit.Validation;
        string[] families = [.. AggregationScale.MultiSlot, AggregationScale.SingleSlot];
        IReadOnlyList<ExperimentItem> training = [.. families.SelectMany(family => laboratory.Items(new ItemQuery(family, ExperimentSplit.Train, scale.Examples, DataSeed)))];
        IReadOnlyList<ExperimentItem> items = [.. families.SelectMany(family => laboratory.Items(new ItemQuery(family, split, scale.Items, DataSeed)))];
        AggregationCorpus corpus = await AggregationCorpus.WriteAsync(laboratory, training, DataSeed, cancellationToken).ConfigureAwait(false);
        AggregationArms arms = new();
        List<(string Name, ExperimentAdapter Adapter)> adapters = [];
        foreach (ulong seed in laboratory.Seeds)
        {
            await RunAsync(laboratory, scale, items, corpus, seed, arms, adapters, cancellationToken).ConfigureAwait(false);
        }

        return AggregationFindings.Of(laboratory, scale, split, corpus, arms, adapters);
    }

    private static async Task RunAsync(
        ILaboratory laboratory, AggregationScale scale, IReadOnlyList<ExperimentItem> items, AggregationCorpus corpus, ulong seed, AggregationArms arms,
        List<(string Name, ExperimentAdapter Adapter)> adapters, CancellationToken cancellationToken)
    {
        AggregationBench bench = new(laboratory);

        async Task<ExperimentAdapter> TrainAsync(string name, IReadOnlyList<TrainingConversation> data)
        {
            laboratory.Say(FormattableString.Invariant($"16: training the {name}, seed {seed}"));
            ExperimentAdapter adapter = await laboratory.TrainAsync(
                new AdapterTraining { Name = name, Seed = seed, Conversations = data, Epochs = scale.Epochs, LearningRate = LearningRate }, cancellationToken).ConfigureAwait(false);
            adapters.Add((name, adapter));
            return adapter;
        }

        async Task MeasureAsync(string arm, IReadOnlyList<ExperimentItem> measured, Func<ExperimentItem, CancellationToken, Task<Observation>> observe) =>
            arms.Add(await laboratory.MeasureAsync(arm, seed, measured, observe, cancellationToken).ConfigureAwait(false));

        // Equal data, equal steps: what differs is whether candidates are in view, and what is asked for.
        ExperimentAdapter aggregator = await TrainAsync("aggregator", corpus.Aggregate).ConfigureAwait(false);
        ExperimentAdapter chooser = await TrainAsync("chooser", corpus.Choose).ConfigureAwait(false);
        ExperimentAdapter plain = await TrainAsync("plain", corpus.Plain).ConfigureAwait(false);
        Dictionary<string, ExperimentItem> others = Others(items);
        double temperature = AggregationScale.Temperature;
        await MeasureAsync(AggregationArms.Greedy, items, (item, token) => bench.GreedyAsync(item, null, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.Vote, items, (item, token) => bench.VoteAsync(item, null, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.Choose, items, (item, token) => bench.ChooseAsync(item, chooser, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.Aggregate, items, (item, token) => bench.AggregateAsync(item, aggregator, CandidateOrder.Sampling, temperature, seed, token)).ConfigureAwait(false);
        arms.AddOracle(arms[AggregationArms.Aggregate][^1]);
        await MeasureAsync(AggregationArms.Untrained, items, (item, token) => bench.AggregateAsync(item, null, CandidateOrder.Sampling, temperature, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.Blank, items, (item, token) => bench.BlankAsync(item, others[item.Id], aggregator, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.Plain, items, (item, token) => bench.GreedyAsync(item, plain, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.PlainVote, items, (item, token) => bench.VoteAsync(item, plain, seed, token)).ConfigureAwait(false);
        await MeasureAsync(AggregationArms.Shuffled, items, (item, token) => bench.AggregateAsync(item, aggregator, CandidateOrder.Random, temperature, seed, token)).ConfigureAwait(false);
        HashSet<string> chosen = [.. items.GroupBy(item => item.Family).SelectMany(family => family.Take(scale.SweepItems)).Select(item => item.Id)];
        ExperimentItem[] sweep = [.. items.Where(item => chosen.Contains(item.Id))];
        foreach (double at in AggregationScale.Temperatures.Where(at => at != temperature))
        {
            await MeasureAsync(AggregationArms.Sweep(at), sweep, (item, token) => bench.AggregateAsync(item, aggregator, CandidateOrder.Sampling, at, seed, token)).ConfigureAwait(false);
        }

        // At their own temperature the arms have measured these questions already.
        arms.Add(new ArmRun(AggregationArms.Sweep(temperature), seed, [.. arms[AggregationArms.Aggregate][^1].Rows.Where(row => chosen.Contains(row.Item.Id))]));
    }

    // The next question of the same family, the last one's being the first.
    private static Dictionary<string, ExperimentItem> Others(IReadOnlyList<ExperimentItem> items) => items.GroupBy(item => item.Family)
        .SelectMany(family => family.Zip(family.Skip(1).Append(family.First())))
        .ToDictionary(pair => pair.First.Id, pair => pair.Second, StringComparer.Ordinal);
}
