namespace Agents.Training.Loss;

/// <summary>PPO's clipped value regression, ½·mean(max((v − R)², (clip(v, v_old − c, v_old + c) − R)²)) (papers/00-grpo-baseline §2.7). For critics outside the token statistics.</summary>
public static class ValueLoss
{
    /// <summary>Loss of one value and its derivative.</summary>
    /// <param name="value">v.</param>
    /// <param name="oldValue">v of the policy that sampled.</param>
    /// <param name="target">Return R.</param>
    /// <param name="clip">c; infinity leaves clipping out.</param>
    public static (double Loss, double Slope) Token(double value, double oldValue, double target, double clip)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clip);
        double clipped = Math.Clamp(value, oldValue - clip, oldValue + clip);
        double plainError = value - target;
        double clippedError = clipped - target;
        return clippedError * clippedError > plainError * plainError
            ? (clippedError * clippedError / 2, clipped == value ? clippedError : 0)
            : (plainError * plainError / 2, plainError);
    }
}
