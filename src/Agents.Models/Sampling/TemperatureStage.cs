namespace Agents.Models.Sampling;

/// <summary>Divides all logits by the temperature.</summary>
/// <param name="temperature">Positive.</param>
public sealed class TemperatureStage(double temperature) : ISamplingStage
{
    private readonly double _inverse = 1 / temperature;

    /// <inheritdoc/>
    public void Apply(CandidateSet candidates, ReadOnlySpan<int> recent)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        candidates.Scale(_inverse);
    }
}
