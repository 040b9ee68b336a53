namespace Agents.Evaluation.Tasks.Listing;

/// <summary>Settings of the listing family.</summary>
public sealed record ListingOptions
{
    /// <summary>Gets how often each level is drawn: 1 one member except two, 2 one with a given first letter or except three, 3 one that has a letter and is not another, 4 two members under such conditions.</summary>
    /// <value>Default weights 1, 3, 4, 3.</value>
    public DifficultyMix Difficulty { get; init; } = new(1, 3, 4, 3);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default weights 0, 2, 4, 4; null draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; } = new(0, 2, 4, 4);

    /// <summary>Gets the exponent of the Zipf law over the members of a category: probability ∝ 1 / rank^exponent.</summary>
    /// <value>Default 1. Range 0 (uniform) to 3.</value>
    public double Exponent { get; init; } = 1;

    internal void Validate() => new OptionCheck(nameof(ListingOptions))
        .Require(Difficulty is { Levels: <= 4 }, nameof(Difficulty), "must have 1 to 4 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 4 }, nameof(HeldOutDifficulty), "must have 1 to 4 levels", HeldOutDifficulty?.Levels)
        .Require(Exponent is >= 0 and <= 3, nameof(Exponent), "must lie in [0, 3]", Exponent)
        .ThrowIfBroken();
}
