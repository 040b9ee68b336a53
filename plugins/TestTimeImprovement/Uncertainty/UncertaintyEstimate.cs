namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>How sure the model is of its decision.</summary>
/// <param name="Estimator">What measured it.</param>
/// <param name="Margin">The authors call it u and uncertainty; it is a confidence margin in [0, 1], small means unsure.</param>
/// <param name="Candidates">The candidates; empty where the estimator has none.</param>
/// <param name="Probabilities">Their shares, in the order of the candidates.</param>
public sealed record UncertaintyEstimate(UncertaintyEstimator Estimator, double Margin, IReadOnlyList<string> Candidates, IReadOnlyList<double> Probabilities)
{
    /// <summary>Creates an estimate over candidates.</summary>
    /// <param name="estimator">What measured it.</param>
    /// <param name="candidates">The candidates, at least one.</param>
    /// <param name="probabilities">Their shares.</param>
    public static UncertaintyEstimate Over(UncertaintyEstimator estimator, IReadOnlyList<string> candidates, IReadOnlyList<double> probabilities) =>
        new(estimator, RelativeSoftmax.Margin(probabilities), candidates, probabilities);
}
