namespace Agents.Cli.Documents;

/// <summary>The exact tokens of a call.</summary>
/// <param name="PromptIds">The prompt as the model read it.</param>
/// <param name="CompletionIds">The sampled tokens, the end token included.</param>
/// <param name="LogProbs">Plain log-probability of each sampled token.</param>
/// <param name="Finish">Why the completion ended.</param>
internal sealed record TraceTokens(IReadOnlyList<int> PromptIds, IReadOnlyList<int> CompletionIds, IReadOnlyList<float> LogProbs, string Finish);
