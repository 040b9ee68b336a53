namespace Agents.Cli.Documents;

/// <summary>What a request used.</summary>
/// <param name="PromptTokens">Tokens read by all calls.</param>
/// <param name="CompletionTokens">Tokens written by all calls.</param>
/// <param name="Calls">Model calls, attempts included.</param>
/// <param name="Seconds">Wall-clock time.</param>
internal sealed record UsageItem(long PromptTokens, long CompletionTokens, int Calls, double Seconds);
