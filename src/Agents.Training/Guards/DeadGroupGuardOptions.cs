namespace Agents.Training.Guards;

/// <summary>Limits of <see cref="DeadGroupGuard"/>.</summary>
public sealed record DeadGroupGuardOptions
{
    /// <summary>Gets the share of groups without signal above which a step warns. Default 0.8.</summary>
    public double WarnAbove { get; init; } = 0.8;

    /// <summary>Gets the share above which a step counts towards a stop. Default 0.9.</summary>
    public double StopAbove { get; init; } = 0.9;

    /// <summary>Gets how many steps in a row beyond the stop limit end the run. Default 20.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (!(WarnAbove > 0 && StopAbove >= WarnAbove && StopAbove < 1) || Patience < 1)
        {
            throw new ArgumentException($"The settings of the dead-group guard are invalid: the limits {WarnAbove} (warning) and {StopAbove} (stop) must lie in (0, 1) in this order, the patience {Patience} must be positive.");
        }
    }
}
