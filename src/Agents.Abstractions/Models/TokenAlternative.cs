namespace Agents.Models;

/// <summary>A token that could have been drawn.</summary>
/// <param name="Id">Token id.</param>
/// <param name="LogProbability">Log-probability under the plain softmax.</param>
public readonly record struct TokenAlternative(int Id, float LogProbability);
