namespace Agents.Evaluation.Statistics;

/// <summary>A difference of means with its resampled uncertainty.</summary>
/// <param name="Difference">Mean of method minus baseline over all pairs.</param>
/// <param name="Interval">Percentile interval.</param>
/// <param name="StandardError">Standard deviation of the resampled differences.</param>
/// <param name="Questions">Number of clusters.</param>
public sealed record BootstrapResult(double Difference, ConfidenceInterval Interval, double StandardError, int Questions);
