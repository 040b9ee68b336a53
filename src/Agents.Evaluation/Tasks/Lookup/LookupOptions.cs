namespace Agents.Evaluation.Tasks.Lookup;

/// <summary>Settings of the lookup family.</summary>
public sealed record LookupOptions
{
    /// <summary>Gets how often each level is drawn: 1 asks two slots of 4 facts, 2 three of 4 with one stale, 3 four of 5 with two stale, 4 three of 5 with one stale and one two-hop slot.</summary>
    /// <value>Default weights 2, 3, 3, 2.</value>
    public DifficultyMix Difficulty { get; init; } = new(2, 3, 3, 2);

    /// <summary>Gets how often each level is drawn in the validation and test splits: the dial that puts a model's direct accuracy where experiments need it, without touching what it learns from.</summary>
    /// <value>Default null, which draws as for training.</value>
    public DifficultyMix? HeldOutDifficulty { get; init; }

    /// <summary>Gets facts added to every level that are never asked.</summary>
    /// <value>Default 0. Range 0 to 6.</value>
    public int ExtraFacts { get; init; }

    /// <summary>Gets whether stale facts that contradict current ones appear at the levels that have them.</summary>
    /// <value>Default true.</value>
    public bool Conflicts { get; init; } = true;

    internal void Validate() => new OptionCheck(nameof(LookupOptions))
        .Require(Difficulty is { Levels: <= 4 }, nameof(Difficulty), "must have 1 to 4 levels", Difficulty?.Levels)
        .Require(HeldOutDifficulty is null or { Levels: <= 4 }, nameof(HeldOutDifficulty), "must have 1 to 4 levels", HeldOutDifficulty?.Levels)
        .Require(ExtraFacts is >= 0 and <= 6, nameof(ExtraFacts), "must lie in [0, 6]", ExtraFacts)
        .ThrowIfBroken();
}
