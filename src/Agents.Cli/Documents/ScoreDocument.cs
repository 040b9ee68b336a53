namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents score</c>.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Tokens">Number of predicted tokens.</param>
/// <param name="NegativeLogLikelihood">Sum of −ln p, in nats.</param>
/// <param name="Perplexity">exp of the mean.</param>
internal sealed record ScoreDocument(string Model, int Tokens, double NegativeLogLikelihood, double Perplexity);
