namespace Agents.Evaluation.Tasks.Arithmetic;

/// <summary>Settings of the arithmetic family.</summary>
public sealed record ArithmeticOptions
{
    /// <summary>Gets how often each number of steps is drawn; level n has n steps, 1 to 6.</summary>
    /// <value>Default weights 0, 4, 4, 3, 2, 1 for one to six steps.</value>
    public DifficultyMix Difficulty { get; init; } = new(0, 4, 4, 3, 2, 1);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default weights 0, 1, 2, 3, 4, 3; null draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; } = new(0, 1, 2, 3, 4, 3);

    /// <summary>Gets the largest number that may appear.</summary>
    /// <value>Default 999. Range 20 to 9,999.</value>
    public int MaximumValue { get; init; } = 999;

    /// <summary>Gets the largest operand of an addition or subtraction.</summary>
    /// <value>Default 90. Range 3 to <see cref="MaximumValue"/>.</value>
    public int MaximumOperand { get; init; } = 90;

    /// <summary>Gets the share of problems written as bare operations instead of words.</summary>
    /// <value>Default 0.25.</value>
    public double PlainShare { get; init; } = 0.25;

    /// <summary>Gets the share of word problems that carry a number which is not needed.</summary>
    /// <value>Default 0.4.</value>
    public double DistractorShare { get; init; } = 0.4;

    internal void Validate() => new OptionCheck(nameof(ArithmeticOptions))
        .Require(Difficulty is { Levels: <= 6 }, nameof(Difficulty), "must have 1 to 6 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 6 }, nameof(HeldOutDifficulty), "must have 1 to 6 levels", HeldOutDifficulty?.Levels)
        .Require(MaximumValue is >= 20 and <= 9999, nameof(MaximumValue), "must lie in [20, 9999]", MaximumValue)
        .Require(MaximumOperand >= 3 && MaximumOperand <= MaximumValue, nameof(MaximumOperand), "must lie in [3, MaximumValue]", MaximumOperand)
        .Share(PlainShare, nameof(PlainShare))
        .Share(DistractorShare, nameof(DistractorShare))
        .ThrowIfBroken();
}
