namespace Agents.Benchmarks.Experiments;

/// <summary>A look at a run.</summary>
/// <param name="Updates">Updates so far.</param>
/// <param name="Seconds">Seconds of training so far.</param>
/// <param name="Accuracy">Share of right greedy answers to validation questions.</param>
internal readonly record struct CurvePoint(long Updates, double Seconds, double Accuracy);
