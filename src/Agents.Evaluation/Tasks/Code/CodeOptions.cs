namespace Agents.Evaluation.Tasks.Code;

/// <summary>Settings of the code family.</summary>
public sealed record CodeOptions
{
    /// <summary>
    /// Gets how often each level is drawn: 1 a condition or a calculation, 2 both, 3 two conditions or a last calculation besides, 4 words that leave
    /// open whether an end belongs to it, 5 a constant that only the visible tests tell.
    /// </summary>
    /// <value>Default weights 2, 3, 3, 2, 2.</value>
    public DifficultyMix Difficulty { get; init; } = new(2, 3, 3, 2, 2);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default weights 1, 1, 2, 4, 4; null draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; } = new(1, 1, 2, 4, 4);

    internal void Validate() => new OptionCheck(nameof(CodeOptions))
        .Require(Difficulty is { Levels: <= 5 }, nameof(Difficulty), "must have 1 to 5 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 5 }, nameof(HeldOutDifficulty), "must have 1 to 5 levels", HeldOutDifficulty?.Levels)
        .ThrowIfBroken();
}
