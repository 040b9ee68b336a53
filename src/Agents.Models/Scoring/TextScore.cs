namespace Agents.Models.Scoring;

/// <summary>Likelihood of a text.</summary>
/// <param name="Tokens">Number of tokens that were predicted.</param>
/// <param name="NegativeLogLikelihood">Sum of −ln p over them, in nats.</param>
public readonly record struct TextScore(int Tokens, double NegativeLogLikelihood)
{
    /// <summary>Gets exp of the mean negative log-likelihood; 1 for a text without predicted tokens.</summary>
    public double Perplexity => Tokens == 0 ? 1 : Math.Exp(NegativeLogLikelihood / Tokens);
}
