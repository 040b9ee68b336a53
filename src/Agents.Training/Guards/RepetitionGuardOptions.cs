namespace Agents.Training.Guards;

/// <summary>Limits of <see cref="RepetitionGuard"/>. A rate is 1 − (different n-grams / n-grams) of one completion: 0 when none occurs twice.</summary>
public sealed record RepetitionGuardOptions
{
    /// <summary>Gets the tokens of an n-gram. Default 4.</summary>
    public int Size { get; init; } = 4;

    /// <summary>Gets how many steps at the start define the normal rate. Default 5.</summary>
    public int StartSteps { get; init; } = 5;

    /// <summary>Gets the mean rate above the normal one at which a step warns. Default 0.2.</summary>
    public double WarnAbove { get; init; } = 0.2;

    /// <summary>Gets the mean rate above the normal one at which a step counts towards a stop. Default 0.4.</summary>
    public double StopAbove { get; init; } = 0.4;

    /// <summary>Gets how many steps in a row beyond the stop limit end the run. Default 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Size < 1 || StartSteps < 1 || Patience < 1)
        {
            broken.Add($"n-grams of {Size} tokens, {StartSteps} steps at the start and a patience of {Patience} must be positive");
        }

        if (!(WarnAbove > 0 && StopAbove >= WarnAbove && StopAbove < 1))
        {
            broken.Add($"the limits {WarnAbove} (warning) and {StopAbove} (stop) must lie in (0, 1) in this order");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The settings of the repetition guard are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
