namespace Agents.Training.Rollouts;

/// <summary>How groups are sampled. Training samples from the tempered distribution only: truncation would make ratios meaningless.</summary>
public sealed record GroupRolloutOptions
{
    /// <summary>Gets the completions per prompt. Default 8.</summary>
    public int GroupSize { get; init; } = 8;

    /// <summary>Gets the longest completion in tokens. Default 256.</summary>
    public int MaximumTokens { get; init; } = 256;

    /// <summary>Gets the temperature. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the seed of all samples. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets token ids that end a completion besides the tokenizer's end tokens. Default none.</summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (GroupSize < 1)
        {
            broken.Add($"the group size {GroupSize} must be positive");
        }

        if (MaximumTokens < 1)
        {
            broken.Add($"the longest completion {MaximumTokens} must be positive");
        }

        if (!(double.IsFinite(Temperature) && Temperature > 0))
        {
            broken.Add($"the temperature {Temperature} must be positive: greedy samples of one prompt are all equal");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The rollout settings are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
