namespace Agents.Training.Guards;

/// <summary>Limits of <see cref="LengthGuard"/>, as multiples of the mean length of the first steps.</summary>
public sealed record LengthGuardOptions
{
    /// <summary>Gets how many steps at the start define the normal length. Default 5.</summary>
    public int StartSteps { get; init; } = 5;

    /// <summary>Gets the multiple of the normal length above which a step warns. Default 2.</summary>
    public double WarnAbove { get; init; } = 2;

    /// <summary>Gets the multiple above which a step counts towards a stop. Default 4.</summary>
    public double StopAbove { get; init; } = 4;

    /// <summary>Gets the multiple below which a step warns. Default 0.5.</summary>
    public double WarnBelow { get; init; } = 0.5;

    /// <summary>Gets the multiple below which a step counts towards a stop. Default 0.2.</summary>
    public double StopBelow { get; init; } = 0.2;

    /// <summary>Gets how many steps in a row beyond a stop limit end the run. Default 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Gets the least normal length in tokens that limits are derived from; shorter answers are measured against it. Default 4.</summary>
    public double LeastLength { get; init; } = 4;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (StartSteps < 1 || Patience < 1)
        {
            broken.Add($"{StartSteps} steps at the start and a patience of {Patience} must be positive");
        }

        if (!(WarnAbove > 1 && StopAbove >= WarnAbove))
        {
            broken.Add($"the upper limits {WarnAbove} (warning) and {StopAbove} (stop) must exceed 1 in this order");
        }

        if (!(StopBelow >= 0 && WarnBelow >= StopBelow && WarnBelow < 1))
        {
            broken.Add($"the lower limits {WarnBelow} (warning) and {StopBelow} (stop) must lie in [0, 1), the one of the stop below");
        }

        if (!(LeastLength >= 1))
        {
            broken.Add($"the least length {LeastLength} must be at least 1");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The settings of the length guard are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
