namespace Agents.Training.Optimization;

/// <summary>Learning rate as a pure function of progress, so a resumed run needs no schedule state (papers/00-model-architecture §6).</summary>
public sealed record LearningRateSchedule
{
    /// <summary>Gets the highest rate. Default 1e-3.</summary>
    public double Peak { get; init; } = 1e-3;

    /// <summary>Gets the share of the run that rises in a straight line from 0 to the peak, in [0, 1). Default 0.02.</summary>
    public double WarmUpShare { get; init; } = 0.02;

    /// <summary>Gets the share of the peak that is left at the end, in [0, 1]. Default 0.1; a constant course ignores it.</summary>
    public double FinalShare { get; init; } = 0.1;

    /// <summary>Gets the course after the warm-up. Default cosine.</summary>
    public LearningRateShape Shape { get; init; } = LearningRateShape.Cosine;

    /// <summary>Returns the rate of one update.</summary>
    /// <param name="step">Index of the update, from 0.</param>
    /// <param name="totalSteps">Updates of the whole run.</param>
    public double AtStep(long step, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        return At((step + 1.0) / totalSteps);
    }

    /// <summary>Returns the rate at a share of the run.</summary>
    /// <param name="progress">Share of the run, in [0, 1]; values outside are moved to the nearest end.</param>
    public double At(double progress)
    {
        double at = Math.Clamp(progress, 0, 1);
        if (at < WarmUpShare)
        {
            return Peak * at / WarmUpShare;
        }

        double done = (at - WarmUpShare) / (1 - WarmUpShare);
        double left = Shape switch
        {
            LearningRateShape.Linear => 1 - done,
            LearningRateShape.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            _ => 1,
        };
        return Shape == LearningRateShape.Constant ? Peak : Peak * (FinalShare + ((1 - FinalShare) * left));
    }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (!(Peak > 0) || !double.IsFinite(Peak))
        {
            broken.Add($"peak {Peak} must be positive and finite");
        }

        if (WarmUpShare is not (>= 0 and < 1))
        {
            broken.Add($"warm-up share {WarmUpShare} must lie in [0, 1)");
        }

        if (FinalShare is not (>= 0 and <= 1))
        {
            broken.Add($"final share {FinalShare} must lie in [0, 1]");
        }

        if (!Enum.IsDefined(Shape))
        {
            broken.Add($"shape {Shape} is unknown");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The learning rate schedule is invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
