namespace Agents.Evaluation.Tasks.Programs;

/// <summary>Settings of the program family.</summary>
public sealed record ProgramsOptions
{
    /// <summary>Gets how often each level is drawn: levels 1 to 3 have 2 to 4 assignments, level 4 has four and a condition or a repetition.</summary>
    /// <value>Default weights 1, 3, 3, 2.</value>
    public DifficultyMix Difficulty { get; init; } = new(1, 3, 3, 2);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default weights 1, 5, 3; null draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; } = new(1, 5, 3);

    /// <summary>Gets the share of problems that ask for a missing operator instead of the output.</summary>
    /// <value>Default 0.2.</value>
    public double CompletionShare { get; init; } = 0.2;

    /// <summary>Gets the largest absolute value a variable may take.</summary>
    /// <value>Default 99. Range 20 to 9,999.</value>
    public int MaximumValue { get; init; } = 99;

    internal void Validate() => new OptionCheck(nameof(ProgramsOptions))
        .Require(Difficulty is { Levels: <= 4 }, nameof(Difficulty), "must have 1 to 4 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 4 }, nameof(HeldOutDifficulty), "must have 1 to 4 levels", HeldOutDifficulty?.Levels)
        .Require(MaximumValue is >= 20 and <= 9999, nameof(MaximumValue), "must lie in [20, 9999]", MaximumValue)
        .Share(CompletionShare, nameof(CompletionShare))
        .ThrowIfBroken();
}
