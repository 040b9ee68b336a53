using Agents.Plugins.Malt.Data;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;
using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>
/// The laptop-scale check of MALT (papers/33 §5): trees of n = 3 through the real strategy, the curator's sets, one adapter per role, and the trained pipeline against the untrained one, against
/// supervised training alone, against equal calls of one role, and against two fakes: an empty critique, and values shuffled between siblings before training.
/// </summary>
public sealed class MaltReplication : IReplication
{
    /// <summary>Number of the paper.</summary>
    public const string Paper = "33";

    private const ulong DataSeed = 3_300;

    /// <inheritdoc/>
    public ReplicationInfo Info { get; } = new(
        Paper,
        MaltStrategy.Id,
        "MALT: Improving Reasoning with Multi-Agent LLM Training",
        "Generator, verifier and refiner trained on values that travelled up a tree of their own texts beat the untrained pipeline, supervised training alone, and equal calls of one role.");

    /// <inheritdoc/>
    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(laboratory);
        TreeScale scale = TreeScale.Of(laboratory.Profile);
        laboratory.Say("33: teaching the untrained model its three roles");
        ExperimentAdapter foundation = await RoleFoundation.TrainAsync(laboratory, scale, DataSeed, cancellationToken).ConfigureAwait(false);
        MaltBench bench = new(laboratory, scale, foundation);
        ChosenLevel level = await bench.LevelAsync(DataSeed, cancellationToken).ConfigureAwait(false);
        ExperimentSplit split = laboratory.Profile == ReplicationProfile.Full ? ExperimentSplit.Test : ExperimentSplit.Validation;
        IReadOnlyList<ExperimentItem> training = laboratory.Items(new ItemQuery(TreeScale.Family, ExperimentSplit.Train, scale.TrainingQuestions, DataSeed) { Difficulty = level.Level });
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery(TreeScale.Family, split, scale.TestQuestions, DataSeed + 2) { Difficulty = level.Level });
        List<ArmRun> arms = [];
        List<TreeStatistics> statistics = [];
        List<TriedRate> tried = [];
        foreach (ulong seed in laboratory.Seeds)
        {
            IReadOnlyList<RoleTree> expanded = await bench.TreesAsync(training, seed, cancellationToken).ConfigureAwait(false);
            RoleTree[] trees = [.. expanded.Select(tree => TreeValues.BackUp(tree))];
            RoleDatasetOptions options = new() { MaxPairsPerQuestion = TreeScale.PairsPerQuestion };
            RoleDatasets sets = RoleDatasets.Create(trees, options);
            statistics.AddRange(Enum.GetValues<MaltRole>().Select(role => TreeStatistics.Of(seed, role, trees, sets)));
            laboratory.Say($"33: training the roles, seed {seed}");
            RoleTraining real = new(laboratory, sets, "malt", foundation, seed);
            RoleAdapterSet star = await real.SupervisedAsync(cancellationToken).ConfigureAwait(false);
            if (tried.Count == 0)
            {
                tried = await TryRatesAsync(laboratory, bench, scale, level, real, star, seed, cancellationToken).ConfigureAwait(false);
            }

            double rate = tried.MaxBy(one => one.Accuracy)!.Rate;
            RoleAdapterSet malt = await real.PreferredAsync(star, rate, cancellationToken).ConfigureAwait(false);
            RoleTraining fake = new(laboratory, RoleDatasets.Create(Shuffled(trees, seed), options), "shuffled", foundation, seed);
            RoleAdapterSet shuffled = await fake.PreferredAsync(await fake.SupervisedAsync(cancellationToken).ConfigureAwait(false), rate, cancellationToken).ConfigureAwait(false);
            foreach ((string arm, MaltPipeline pipeline, int passes, RoleAdapterSet adapters) in Arms(RoleAdapterSet.Of(foundation), star, malt, shuffled))
            {
                arms.Add(await laboratory.MeasureAsync(arm, seed, items, (item, token) => bench.AnswerAsync(item, seed, pipeline, passes, adapters, token), cancellationToken).ConfigureAwait(false));
            }
        }

        return MaltFindings.Of(laboratory, scale, split, foundation, level, tried, statistics, arms);
    }

    // How far DPO may go depends on how many pairs there are, so it is decided with as many as the run has, on questions of the validation split.
    private static async Task<List<TriedRate>> TryRatesAsync(
        ILaboratory laboratory, MaltBench bench, TreeScale scale, ChosenLevel level, RoleTraining training, RoleAdapterSet star, ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery(TreeScale.Family, ExperimentSplit.Validation, 2 * scale.LevelQuestions, DataSeed + 3) { Difficulty = level.Level });
        List<TriedRate> tried = [];
        foreach (double rate in TreeScale.PreferenceRates)
        {
            RoleAdapterSet adapters = await training.PreferredAsync(star, rate, cancellationToken).ConfigureAwait(false);
            ArmRun run = await laboratory.MeasureAsync(
                FormattableString.Invariant($"validation, DPO at {rate}"), seed, items, (item, token) => bench.AnswerAsync(item, seed, MaltPipeline.Gvr, 3, adapters, token), cancellationToken).ConfigureAwait(false);
            tried.Add(new TriedRate(rate, run.Accuracy));
        }

        return tried;
    }

    private static IEnumerable<(string Arm, MaltPipeline Pipeline, int Passes, RoleAdapterSet Adapters)> Arms(RoleAdapterSet untrained, RoleAdapterSet star, RoleAdapterSet malt, RoleAdapterSet shuffled) =>
    [
        (MaltArms.Single, MaltPipeline.G, 1, untrained),
        (MaltArms.SingleVote, MaltPipeline.G, 3, untrained),
        (MaltArms.SingleNine, MaltPipeline.G, 9, untrained),
        (MaltArms.Agents, MaltPipeline.Gvr, 1, untrained),
        (MaltArms.AgentsVote, MaltPipeline.Gvr, 3, untrained),
        (MaltArms.Star, MaltPipeline.Gvr, 3, star),
        (MaltArms.MaltSingle, MaltPipeline.Gvr, 1, malt),
        (MaltArms.Malt, MaltPipeline.Gvr, 3, malt),
        (MaltArms.EmptyCritique, MaltPipeline.Gr, 3, malt),
        (MaltArms.Shuffled, MaltPipeline.Gvr, 3, shuffled),
        (MaltArms.GeneratorNine, MaltPipeline.G, 9, malt),
        (MaltArms.UntrainedGenerator, MaltPipeline.Gvr, 3, malt with { Generator = untrained.Generator }),
        (MaltArms.UntrainedVerifier, MaltPipeline.Gvr, 3, malt with { Verifier = untrained.Verifier }),
        (MaltArms.UntrainedRefiner, MaltPipeline.Gvr, 3, malt with { Refiner = untrained.Refiner }),
    ];

    private static IEnumerable<RoleTree> Shuffled(IEnumerable<RoleTree> trees, ulong seed)
    {
        SampleStream stream = new(seed, DataSeed);
        foreach (RoleTree tree in trees)
        {
            yield return SiblingShuffle.Of(tree, ref stream);
        }
    }
}
