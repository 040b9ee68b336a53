namespace Agents.Training.Reports;

/// <summary>One number of one step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Value">The number.</param>
public readonly record struct MetricsPoint(long Step, double Value);
