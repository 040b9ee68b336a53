namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>Perplexity of an answer that the model wrote itself (papers/61 §3 compares it with relative softmax scoring).</summary>
public static class AnswerPerplexity
{
    /// <summary>exp of the mean negative log-probability of the tokens.</summary>
    /// <param name="logProbabilities">Plain log-probabilities of the tokens, not empty.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Of(IReadOnlyList<float> logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        return logProbabilities.Count == 0
            ? throw new ArgumentException("An answer without tokens has no perplexity.", nameof(logProbabilities))
            : Math.Exp(-logProbabilities.Average(value => (double)value));
    }

    /// <summary>One over the perplexity, the geometric mean of the tokens' probabilities: in [0, 1], small means unsure, as a margin is.</summary>
    /// <param name="logProbabilities">Plain log-probabilities of the tokens, not empty.</param>
    public static double Margin(IReadOnlyList<float> logProbabilities) => 1 / Of(logProbabilities);
}
