namespace Agents.Evaluation.Statistics;

/// <summary>An interval with its level.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Confidence">Level, such as 0.95.</param>
public readonly record struct ConfidenceInterval(double Low, double High, double Confidence = 0.95)
{
    /// <summary>Whether a value lies inside, ends included.</summary>
    /// <param name="value">The value.</param>
    public bool Contains(double value) => value >= Low && value <= High;
}
