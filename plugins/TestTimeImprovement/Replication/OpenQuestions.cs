using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>
/// The method on a family without functions to choose from: the margin is one over the perplexity of the greedy answer. The authors evaluate function calling only, so this says nothing about their claim and decides
/// no verdict; it tells whether what is seen on functions is a matter of the family.
/// </summary>
internal sealed class OpenQuestions(ILaboratory laboratory, ImprovementArms arms, ImprovementPlan plan, UpdateRecipe recipe)
{
    private const ulong TestSeed = 64;

    // The level of the family's test mix that training items have as well: right pairs exist for it.
    private const int Level = 5;
    private const string Estimator = "\"estimator\":\"perplexity\"";
    private readonly List<ArmRun> _plain = [];
    private readonly List<ArmRun> _all = [];
    private readonly List<ArmRun> _unsure = [];
    private readonly List<ArmRun> _oracle = [];

    /// <summary>Gets the arms.</summary>
    public IEnumerable<ArmRun> Arms => [.. _plain, .. _unsure, .. _all, .. _oracle];

    /// <summary>Runs the arms with one seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellationToken">Stops the arms.</param>
    public async Task RunAsync(ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery(ImprovementPlan.OpenFamily, ImprovementPlan.SplitOf(laboratory.Profile), plan.OpenItems, TestSeed) { Difficulty = Level });
        ArmRun plain = await arms.StrategyAsync("open, unadapted", seed, items, $"{Estimator},\"update\":\"none\"", null, null, cancellationToken).ConfigureAwait(false);
        ArmRun all = await arms.StrategyAsync("open, all", seed, items, $"{Estimator},\"update\":\"lora\",\"selection\":\"all\",{recipe.Json}", null, null, cancellationToken).ConfigureAwait(false);
        ArmRun oracle = await arms.PairsAsync("open, right pairs", seed, items, [], recipe, item => arms.Oracle(seed, item), cancellationToken).ConfigureAwait(false);
        HashSet<int> unsure = [.. RankedMargins.Order(plain).Take((int)Math.Round(ImprovementPlan.OpenShare * items.Count))];
        _plain.Add(plain);
        _all.Add(all);
        _oracle.Add(SeedRuns.Composed("open, uncertain, right pairs", plain, oracle, unsure.Contains));
        _unsure.Add(SeedRuns.Composed("open, uncertain", plain, all, unsure.Contains));
    }

    /// <summary>Compares the arms.</summary>
    public IEnumerable<ArmComparison> Compare() => [laboratory.Compare(_plain, _unsure), laboratory.Compare(_plain, _all), laboratory.Compare(_plain, _oracle)];

    /// <summary>Says what was seen, in one sentence.</summary>
    public string Describe()
    {
        double adapted = _all.SelectMany(run => run.Rows).Average(row => row.Seen.Values.GetValueOrDefault("adapted"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Open questions ('{ImprovementPlan.OpenFamily}' at level {Level}, {plan.OpenItems} items, the {ImprovementPlan.OpenShare:P0} with the largest perplexity improved): AUROC of the perplexity {RankedMargins.Auroc(_plain.SelectMany(run => run.Rows.Select(row => row.Seen))):F3}, a valid pair for {adapted:P0} of the items. Their labels are not graded, and no verdict rests on them.");
    }
}
