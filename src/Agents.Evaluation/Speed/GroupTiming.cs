namespace Agents.Evaluation.Speed;

/// <summary>Time of a group of samples of one prompt.</summary>
/// <param name="PromptSeconds">Seconds until every sample had its first token.</param>
/// <param name="DecodeSeconds">Seconds for all further tokens.</param>
/// <param name="DecodedTokens">Tokens after the first of each sample, all samples together.</param>
public readonly record struct GroupTiming(double PromptSeconds, double DecodeSeconds, int DecodedTokens);
