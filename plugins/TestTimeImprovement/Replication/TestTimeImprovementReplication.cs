using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>
/// papers/61 §5 on functions that a base adapter half knows (<see cref="SkewedBase"/>): does a temporary adapter, trained on a pair that the model wrote itself, help where the model is unsure, and does it help because of what the pair says? Controls: certain and
/// random items with equally many updates, shuffled labels, a taught generator, right pairs of the item and of other items, demonstrations, and one adapter on all pairs together.
/// </summary>
public sealed class TestTimeImprovementReplication : IReplication
{
    private const ulong TestSeed = 61;
    private const ulong ValidationSeed = 62;
    private const ulong PhraseSeed = 63;
    private const int PhraseItems = 4000;
    private const int FewestPooled = 8;
    private const int CheckedItems = 20;
    private const string Settings = "\"estimator\":\"rss\",\"update\":\"lora\",\"selection\":";

    /// <inheritdoc/>
    public ReplicationInfo Info { get; } = new(
        "61", TestTimeImprovementStrategy.Id, "Self-Improving LLM Agents at Test-Time",
        "Where the model is unsure, a temporary adapter trained on a pair that the model wrote itself raises accuracy over that of the unadapted model.");

    /// <inheritdoc/>
    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(laboratory);
        ImprovementPlan plan = ImprovementPlan.Of(laboratory.Profile);
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery(ImprovementPlan.Family, ImprovementPlan.SplitOf(laboratory.Profile), plan.Items, TestSeed));
        IReadOnlyList<ExperimentItem> choice = laboratory.Items(new ItemQuery(ImprovementPlan.Family, ExperimentSplit.Validation, plan.Choice, ValidationSeed));

        // Validation items have every way of asking; they grade, nothing is trained on them.
        ToolPhraseBook phrases = ToolPhraseBook.Read(laboratory.Items(new ItemQuery(ImprovementPlan.Family, ExperimentSplit.Validation, PhraseItems, PhraseSeed)));
        var arms = new ImprovementArms(laboratory, phrases);
        arms.RequireAdaptation();
        SkewedBase start = await SkewedBase.TrainAsync(laboratory, phrases, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(UpdateRecipe Recipe, ArmRun Run)> tried = await TryAsync(laboratory, arms, choice, start, cancellationToken).ConfigureAwait(false);
        UpdateRecipe recipe = tried.MaxBy(entry => entry.Run.Accuracy).Recipe;
        laboratory.Say($"Chosen on the validation split: {recipe.Name}.");
        ExperimentAdapter teacher = await TeachAsync(laboratory, plan, cancellationToken).ConfigureAwait(false);
        List<SeedRuns> runs = [];
        foreach (ulong seed in laboratory.Seeds)
        {
            runs.Add(await RunSeedAsync(laboratory, arms, items, start, recipe, teacher, seed, cancellationToken).ConfigureAwait(false));
        }

        var open = new OpenQuestions(laboratory, arms, plan, recipe);
        foreach (ulong seed in laboratory.Seeds)
        {
            await open.RunAsync(seed, cancellationToken).ConfigureAwait(false);
        }

        // Arms that are put together from two runs must be what the strategy does by itself.
        ArmRun itself = await arms.StrategyAsync(
            "uncertain, by the strategy", laboratory.Seeds[0], [.. items.Take(CheckedItems)], $"{Settings}\"uncertain\",{recipe.Json}", start.Roles, null, cancellationToken).ConfigureAwait(false);
        return new ImprovementFindings(laboratory, plan, start, phrases, recipe, tried, runs, open, itself).Write();
    }

    private static async Task<IReadOnlyList<(UpdateRecipe Recipe, ArmRun Run)>> TryAsync(
        ILaboratory laboratory, ImprovementArms arms, IReadOnlyList<ExperimentItem> choice, SkewedBase start, CancellationToken cancellationToken)
    {
        ulong seed = laboratory.Seeds[0];
        List<(UpdateRecipe, ArmRun)> tried = [];
        foreach (UpdateRecipe recipe in UpdateRecipe.Grid)
        {
            tried.Add((recipe, await arms.PairsAsync($"validation, right pairs, {recipe.Name}", seed, choice, [start.Use], recipe, item => arms.Oracle(seed, item), cancellationToken).ConfigureAwait(false)));
        }

        return tried;
    }

    private static Task<ExperimentAdapter> TeachAsync(ILaboratory laboratory, ImprovementPlan plan, CancellationToken cancellationToken) => laboratory.TrainAsync(
        new AdapterTraining
        {
            Name = "teacher",
            Seed = TestSeed,
            Rank = SkewedBase.Rank,
            LearningRate = SkewedBase.Rate,
            BatchSize = 32,
            Epochs = plan.TeacherEpochs,
            Conversations =
            [
                .. laboratory.RoleData(new RoleQuery("variant", ImprovementPlan.Family, plan.TeacherData, TestSeed) { CleanTargets = true }),
                .. laboratory.RoleData(new RoleQuery("solve", ImprovementPlan.Family, plan.TeacherData, TestSeed) { CleanTargets = true }),
            ],
        },
        cancellationToken);

    private static async Task<SeedRuns> RunSeedAsync(
        ILaboratory laboratory, ImprovementArms arms, IReadOnlyList<ExperimentItem> items, SkewedBase start, UpdateRecipe recipe, ExperimentAdapter teacher, ulong seed, CancellationToken cancellationToken)
    {
        ArmRun plain = await arms.StrategyAsync("unadapted", seed, items, "\"estimator\":\"rss\",\"update\":\"none\"", start.Roles, null, cancellationToken).ConfigureAwait(false);
        ArmRun all = await arms.StrategyAsync("all", seed, items, $"{Settings}\"all\",{recipe.Json}", start.Roles, null, cancellationToken).ConfigureAwait(false);
        var roles = new Dictionary<string, ExperimentAdapter>(start.Roles) { [Synthesis.PairWriter.TeacherRole] = teacher };
        ArmRun taught = await arms.StrategyAsync("taught", seed, items, $"{Settings}\"all\",\"generator\":\"teacher\",{recipe.Json}", roles, null, cancellationToken).ConfigureAwait(false);
        ArmRun shown = await arms.StrategyAsync(
            "demonstrations", seed, items, $"\"estimator\":\"rss\",\"update\":\"icl\",\"selection\":\"all\",\"attempts\":{ImprovementPlan.Attempts}", start.Roles, null, cancellationToken).ConfigureAwait(false);
        ArmRun votes = await arms.StrategyAsync(
            "votes", seed, items, "\"estimator\":\"rss\",\"update\":\"none\",\"decoding\":\"vote\"", start.Roles, ImprovementPlan.Attempts + 1, cancellationToken).ConfigureAwait(false);
        ArmRun oracle = await arms.PairsAsync("right pairs", seed, items, [start.Use], recipe, item => arms.Oracle(seed, item), cancellationToken).ConfigureAwait(false);
        Dictionary<string, ExperimentItem> next = items.Zip(items.Skip(1).Append(items[0])).ToDictionary(pair => pair.First.Id, pair => pair.Second, StringComparer.Ordinal);
        ArmRun other = await arms.PairsAsync("right pairs of other items", seed, items, [start.Use], recipe, item => arms.Oracle(seed, next[item.Id]), cancellationToken).ConfigureAwait(false);
        PairBook own = await arms.WriteAsync(seed, items, [start.Use], cancellationToken).ConfigureAwait(false);
        PairBook shuffled = own.Shuffled();
        ArmRun noise = await arms.PairsAsync("shuffled labels", seed, items, [start.Use], recipe, item => shuffled.Pairs.GetValueOrDefault(item.Id), cancellationToken).ConfigureAwait(false);
        ArmRun teacherItself = await arms.AdapterAsync("the teacher itself", seed, items, teacher, cancellationToken).ConfigureAwait(false);
        return new SeedRuns
        {
            Plain = plain,
            All = all,
            Taught = taught,
            Shown = shown,
            Votes = votes,
            Oracle = oracle,
            Other = other,
            Noise = noise,
            Teacher = teacherItself,
            Pooled = await PoolAsync(laboratory, arms, plain, items, start, own, recipe, seed, cancellationToken).ConfigureAwait(false),
        };
    }

    // Plain fine-tuning, once: the pairs of all unsure items together, each seen as often as by its temporary adapter.
    private static async Task<ArmRun?> PoolAsync(
        ILaboratory laboratory, ImprovementArms arms, ArmRun plain, IReadOnlyList<ExperimentItem> items, SkewedBase start, PairBook own, UpdateRecipe recipe, ulong seed, CancellationToken cancellationToken)
    {
        HashSet<string> questions = [.. items.Select(item => item.Question)];
        TrainingConversation[] pooled =
        [
            .. items.Where((_, row) => RankedMargins.Of(plain, row) < ImprovementPlan.Tau)
                .Select(item => own.Pairs.GetValueOrDefault(item.Id))
                .OfType<WrittenPair>()
                .Where(pair => !questions.Contains(pair.Question))
                .Select(pair => new TrainingConversation([new Microsoft.Extensions.AI.ChatMessage(Microsoft.Extensions.AI.ChatRole.User, pair.Question)], pair.Answer)),
        ];
        if (pooled.Length < FewestPooled)
        {
            laboratory.Say($"Only {pooled.Length} pairs of unsure items: no pooled adapter with seed {seed}.");
            return null;
        }

        ExperimentAdapter adapter = await laboratory.TrainAsync(
            new AdapterTraining { Name = "pooled", Seed = seed, Start = start.Adapter, Conversations = pooled, LearningRate = recipe.Rate, Epochs = recipe.Steps, BatchSize = FewestPooled }, cancellationToken).ConfigureAwait(false);
        return await arms.AdapterAsync("pooled", seed, items, adapter, cancellationToken).ConfigureAwait(false);
    }
}
