namespace Agents.Evaluation.Tasks.Tools;

/// <summary>Settings of the tool-selection family.</summary>
public sealed record ToolsOptions
{
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

    internal void Validate() => new OptionCheck(nameof(ToolsOptions))
        .Require(Difficulty is { Levels: <= 4 }, nameof(Difficulty), "must have 1 to 4 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 4 }, nameof(HeldOutDifficulty), "must have 1 to 4 levels", HeldOutDifficulty?.Levels)
        .Require(MinimumTools >= 2 && MinimumTools <= MaximumTools, nameof(MinimumTools), "must lie in [2, MaximumTools]", MinimumTools)
        .Require(MaximumTools <= 8, nameof(MaximumTools), "must be at most 8", MaximumTools)
        .Require(Weights is not null && Weights.All(weight => ToolCatalog.Find(weight.Key) is not null && weight.Value > 0 && double.IsFinite(weight.Value)), nameof(Weights), "must give known tools positive weights", Weights is null ? null : string.Join(' ', Weights))
        .ThrowIfBroken();
}
