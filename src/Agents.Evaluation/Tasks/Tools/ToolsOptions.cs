namespace Agents.Evaluation.Tasks.Tools;

/// <summary>Settings of the tool-selection family.</summary>
public sealed record ToolsOptions
{
    /// <summary>Gets the id of the family. It decides the splits, too: another catalog needs another id.</summary>
    /// <value>Default <c>tools</c>.</value>
    public string FamilyId { get; init; } = "tools";

    /// <summary>Gets the tools that questions offer.</summary>
    /// <value>Default <see cref="ToolCatalog.All"/>. At least <see cref="MaximumTools"/>, names differ.</value>
    public IReadOnlyList<ToolKind> Catalog { get; init; } = ToolCatalog.All;

    /// <summary>Gets how often each level is drawn: 1 literal request, 2 paraphrase, 3 paraphrase with a computed number, 4 tools under opaque aliases.</summary>
    /// <value>Default weights 2, 3, 3, 2.</value>
    public DifficultyMix Difficulty { get; init; } = new(2, 3, 3, 2);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default weights 2, 3, 4, 11; null draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; } = new(2, 3, 4, 11);

    /// <summary>Gets the fewest tools on offer.</summary>
    /// <value>Default 3. Range 2 to <see cref="MaximumTools"/>.</value>
    public int MinimumTools { get; init; } = 3;

    /// <summary>Gets the most tools on offer.</summary>
    /// <value>Default 5. Range <see cref="MinimumTools"/> to 8.</value>
    public int MaximumTools { get; init; } = 5;

    /// <summary>Gets relative weights of tools as the right choice, by tool name; tools not named have weight 1. Skewed training mixtures set small weights.</summary>
    /// <value>Empty by default: all tools alike.</value>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    /// <summary>Gets the weights of tools in the validation and test splits: what a skewed training mixture is measured by.</summary>
    /// <value>Default null: <see cref="Weights"/>.</value>
    public IReadOnlyDictionary<string, double>? HeldOutWeights { get; init; }

    /// <summary>Gets how often each way of asking is drawn for training, whatever the level; 0 for those that training never sees.</summary>
    /// <value>Default null: the literal one at level 1, all others alike elsewhere. Otherwise one weight per request of every tool.</value>
    public IReadOnlyList<double>? Phrases { get; init; }

    /// <summary>Gets how often each way of asking is drawn in the validation and test splits.</summary>
    /// <value>Default null: <see cref="Phrases"/>.</value>
    public IReadOnlyList<double>? HeldOutPhrases { get; init; }

    /// <summary>Gets whether items are similar only where they ask for the same tool: templates name it, and with it the answer.</summary>
    /// <value>Default false: any tool at the same level.</value>
    public bool SimilarByTool { get; init; }

    internal void Validate() => new OptionCheck(nameof(ToolsOptions))
        .Require(Difficulty is { Levels: <= 4 }, nameof(Difficulty), "must have 1 to 4 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 4 }, nameof(HeldOutDifficulty), "must have 1 to 4 levels", HeldOutDifficulty?.Levels)
        .Require(MinimumTools >= 2 && MinimumTools <= MaximumTools, nameof(MinimumTools), "must lie in [2, MaximumTools]", MinimumTools)
        .Require(MaximumTools <= 8, nameof(MaximumTools), "must be at most 8", MaximumTools)
        .Require(!string.IsNullOrWhiteSpace(FamilyId), nameof(FamilyId), "must not be empty", FamilyId)
        .Require(Catalog is not null && Catalog.Count >= MaximumTools && Catalog.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count() == Catalog.Count, nameof(Catalog), "must have MaximumTools different tools or more", Catalog?.Count)
        .Require(Weights is not null && Fit(Weights), nameof(Weights), "must give known tools positive weights", Weights is null ? null : string.Join(' ', Weights))
        .Require(HeldOutWeights is null || Fit(HeldOutWeights), nameof(HeldOutWeights), "must give known tools positive weights", HeldOutWeights is null ? null : string.Join(' ', HeldOutWeights))
        .Require(Phrases is null || Fit(Phrases), nameof(Phrases), "must give every request of every tool a weight of 0 or more, one of them positive", Phrases is null ? null : string.Join(' ', Phrases))
        .Require(HeldOutPhrases is null || Fit(HeldOutPhrases), nameof(HeldOutPhrases), "must give every request of every tool a weight of 0 or more, one of them positive", HeldOutPhrases is null ? null : string.Join(' ', HeldOutPhrases))
        .ThrowIfBroken();

    private bool Fit(IReadOnlyDictionary<string, double> weights) =>
        Catalog is not null && weights.All(weight => Catalog.Any(tool => tool.Name == weight.Key) && weight.Value > 0 && double.IsFinite(weight.Value));

    private bool Fit(IReadOnlyList<double> weights) =>
        Catalog is not null && weights.All(weight => weight >= 0 && double.IsFinite(weight)) && weights.Sum() > 0 && Catalog.All(tool => tool.Requests.Count == weights.Count);
}
