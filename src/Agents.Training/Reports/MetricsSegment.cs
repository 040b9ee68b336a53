namespace Agents.Training.Reports;

/// <summary>Lines of a metrics file whose steps follow each other: what one process wrote between a start and a stop.</summary>
/// <param name="FirstStep">Step of the first line.</param>
/// <param name="LastStep">Step of the last line.</param>
/// <param name="Lines">How many lines.</param>
public sealed record MetricsSegment(long FirstStep, long LastStep, int Lines);
