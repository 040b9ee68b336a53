namespace Agents.Runtime.Learning;

/// <summary>How answers to training questions are sampled.</summary>
/// <param name="Questions">Questions drawn from the mixture.</param>
/// <param name="PerQuestion">Answers per question.</param>
/// <param name="Temperature">Temperature.</param>
/// <param name="MaximumTokens">Longest answer in tokens.</param>
/// <param name="LowestPassRate">Least share of right answers of a question that is used.</param>
/// <param name="HighestPassRate">Largest share of right answers of a question that is used.</param>
public sealed record SamplingSettings(int Questions, int PerQuestion, double Temperature, int MaximumTokens, double LowestPassRate, double HighestPassRate);
