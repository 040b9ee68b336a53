using System.Text.Json.Serialization;

namespace Agents.Runtime.Trajectories;

/// <summary>The exact completion of a call. Log-probabilities are natural; they are stored as the base64 of little-endian single-precision numbers, so nothing is rounded.</summary>
/// <param name="Ids">The sampled tokens, the end token included when it was sampled.</param>
public sealed record TrajectoryTokens(IReadOnlyList<int> Ids)
{
    /// <summary>Gets log-probabilities under the plain softmax at temperature 1.</summary>
    [JsonConverter(typeof(FloatColumnConverter))]
    public IReadOnlyList<float>? Plain { get; init; }

    /// <summary>Gets log-probabilities under the distribution that was drawn from; null where they equal <see cref="Plain"/>.</summary>
    [JsonConverter(typeof(FloatColumnConverter))]
    public IReadOnlyList<float>? Behavior { get; init; }

    /// <summary>Gets the share of the distribution that truncation kept; null where it is 1 throughout.</summary>
    [JsonConverter(typeof(FloatColumnConverter))]
    public IReadOnlyList<float>? KeptMass { get; init; }

    /// <summary>Gets the temperature.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the hash of the weights and adapters that produced the tokens.</summary>
    public string Generation { get; init; } = "";

    /// <summary>Gets why the completion ended: <c>endToken</c>, <c>stopSequence</c>, <c>length</c>, <c>contextFull</c>, <c>cancelled</c> or <c>none</c>.</summary>
    public string Finish { get; init; } = "none";
}
