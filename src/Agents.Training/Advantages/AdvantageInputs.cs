namespace Agents.Training.Advantages;

/// <summary>What an estimator sees of a batch of sampled completions. All spans have one entry per completion.</summary>
public readonly ref struct AdvantageInputs
{
    /// <summary>Gets the rewards; NaN where a completion could not be scored: it counts in no baseline and gets the advantage 0.</summary>
    public ReadOnlySpan<double> Reward { get; init; }

    /// <summary>Gets the group (prompt) of each completion, any number.</summary>
    public ReadOnlySpan<int> Group { get; init; }

    /// <summary>Gets the learned tokens of each completion.</summary>
    public ReadOnlySpan<int> Length { get; init; }
}
