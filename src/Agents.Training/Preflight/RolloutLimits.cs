namespace Agents.Training.Preflight;

/// <summary>What a preflight of a reinforcement run looks at, and what it accepts.</summary>
public sealed record RolloutLimits
{
    /// <summary>Gets the prompts that are sampled at first. Default 8.</summary>
    public int Prompts { get; init; } = 8;

    /// <summary>Gets the most prompts that are sampled before a run without any signal is refused. Default 32.</summary>
    public int MaximumPrompts { get; init; } = 32;

    /// <summary>Gets the share of cut completions above which the answer limit is raised. Default 0.25.</summary>
    public double RaiseAbove { get; init; } = 0.25;

    /// <summary>Gets the share of cut completions above which a run is refused when the limit cannot be raised (any further). Default 0.9.</summary>
    public double RefuseAbove { get; init; } = 0.9;

    /// <summary>Gets how often the answer limit may be doubled. Default 2.</summary>
    public int MaximumDoublings { get; init; } = 2;

    /// <summary>Gets the share of groups without signal above which the report warns. Default 0.75.</summary>
    public double WarnDeadAbove { get; init; } = 0.75;

    /// <summary>Gets the tokens that prompt and completion may have together; the model's context, or less.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Prompts < 1 || MaximumPrompts < Prompts)
        {
            broken.Add($"{Prompts} prompts at first and {MaximumPrompts} at most must be positive in this order");
        }

        if (!(RaiseAbove is >= 0 and <= 1 && RefuseAbove is >= 0 and <= 1 && RefuseAbove >= RaiseAbove && WarnDeadAbove is >= 0 and <= 1))
        {
            broken.Add($"the shares {RaiseAbove} (raise), {RefuseAbove} (refuse) and {WarnDeadAbove} (warn) must lie in [0, 1], the first two in this order");
        }

        if (MaximumDoublings < 0 || ContextLength < 2)
        {
            broken.Add($"{MaximumDoublings} doublings must not be negative and a context of {ContextLength} tokens must hold a prompt and a token");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The limits of the preflight are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
