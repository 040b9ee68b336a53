namespace Agents.Models;

/// <summary>Parameters of rotary frequency scaling.</summary>
/// <param name="Kind">Rule.</param>
/// <param name="Factor">Stretch factor F.</param>
/// <param name="OriginalContext">Context length of the original training, N0.</param>
/// <param name="LowFactor">Llama-3 rule: low frequency factor.</param>
/// <param name="HighFactor">Llama-3 rule: high frequency factor.</param>
/// <param name="Divisors">Divisors per frequency, [head size / 2], for <see cref="RopeScalingKind.Divisors"/>.</param>
public sealed record RopeScaling(
    RopeScalingKind Kind,
    double Factor = 1,
    int OriginalContext = 8192,
    double LowFactor = 1,
    double HighFactor = 4,
    IReadOnlyList<float>? Divisors = null)
{
    /// <summary>Gets the setting without scaling.</summary>
    public static RopeScaling None { get; } = new(RopeScalingKind.None);
}
