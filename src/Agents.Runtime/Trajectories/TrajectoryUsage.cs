namespace Agents.Runtime.Trajectories;

/// <summary>What a request used.</summary>
/// <param name="PromptTokens">Tokens read.</param>
/// <param name="CompletionTokens">Tokens written.</param>
/// <param name="Calls">Model calls, attempts included.</param>
/// <param name="Seconds">Wall-clock time.</param>
/// <param name="Cost">Money.</param>
public sealed record TrajectoryUsage(long PromptTokens, long CompletionTokens, int Calls, double Seconds, decimal Cost);
