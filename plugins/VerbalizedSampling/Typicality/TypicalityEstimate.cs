namespace Agents.Plugins.VerbalizedSampling.Typicality;

/// <summary>An estimated coefficient.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error; not a number where the data do not determine one.</param>
/// <param name="Count">Number of observations.</param>
public sealed record TypicalityEstimate(double Value, double StandardError, int Count);
