namespace Agents.Evaluation.Tasks.Transform;

/// <summary>Settings of the string-transform family.</summary>
public sealed record TransformOptions
{
    /// <summary>Gets how often each depth is drawn; level n composes n functions, 1 to 5.</summary>
    /// <value>Default weights 1, 3, 3, 3, 2.</value>
    public DifficultyMix Difficulty { get; init; } = new(1, 3, 3, 3, 2);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default weights 0, 0, 0, 0, 8, 1; null draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; } = new(0, 0, 0, 0, 8, 1);

    /// <summary>Gets the number of letters the strings are made of, from a on.</summary>
    /// <value>Default 8. Range 3 to 26.</value>
    public int Alphabet { get; init; } = 8;

    /// <summary>Gets the shortest input.</summary>
    /// <value>Default 4. Range 2 to <see cref="MaximumLength"/>.</value>
    public int MinimumLength { get; init; } = 4;

    /// <summary>Gets the longest input.</summary>
    /// <value>Default 8. Range <see cref="MinimumLength"/> to 10.</value>
    public int MaximumLength { get; init; } = 8;

    /// <summary>Gets the opaque names of the functions to use, so that held-out functions or pairs can be kept away from training.</summary>
    /// <value>Default all of <see cref="TransformFunctions.All"/>; those of <see cref="TransformFunctions.Renamed"/> may be named, too.</value>
    public IReadOnlyList<string> Functions { get; init; } = [.. TransformFunctions.All.Select(function => function.Name)];

    internal void Validate() => new OptionCheck(nameof(TransformOptions))
        .Require(Difficulty is { Levels: <= 5 }, nameof(Difficulty), "must have 1 to 5 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 6 }, nameof(HeldOutDifficulty), "must have 1 to 6 levels", HeldOutDifficulty?.Levels)
        .Require(Alphabet is >= 3 and <= 26, nameof(Alphabet), "must lie in [3, 26]", Alphabet)
        .Require(MinimumLength >= 2 && MinimumLength <= MaximumLength, nameof(MinimumLength), "must lie in [2, MaximumLength]", MinimumLength)
        .Require(MaximumLength <= 10, nameof(MaximumLength), "must be at most 10", MaximumLength)
        .Require(Functions is { Count: >= 2 } && Functions.All(name => TransformFunctions.Find(name) is not null), nameof(Functions), "must name at least two known functions", Functions is null ? null : string.Join(' ', Functions))
        .ThrowIfBroken();
}
