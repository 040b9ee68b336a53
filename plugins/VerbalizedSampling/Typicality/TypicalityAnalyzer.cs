using Agents.Models;

namespace Agents.Plugins.VerbalizedSampling.Typicality;

/// <summary>Measures the typicality bias of preference data (alpha) and of an aligned model (gamma), papers/51 §2.1 and §4.</summary>
public static class TypicalityAnalyzer
{
    private const int Iterations = 100;
    private const double Converged = 1e-12;

    /// <summary>
    /// Estimates alpha by logistic regression without intercept: the log-odds of being preferred are alpha times the difference of log-probabilities. Each pair counts in
    /// the direction it was preferred in, so the likelihood is the product of σ(alpha · difference).
    /// </summary>
    /// <param name="pairs">Pairs matched on correctness.</param>
    /// <param name="lengthNormalize">Whether log-probabilities are means per token. Default true.</param>
    /// <exception cref="ArgumentException">There are no pairs, or they all point one way, so that no finite alpha fits best.</exception>
    public static TypicalityEstimate EstimateAlpha(IReadOnlyList<PreferenceScores> pairs, bool lengthNormalize = true)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        double[] differences = [.. pairs.Select(pair => pair.Difference(lengthNormalize))];
        if (!differences.Any(d => d > 0) || !differences.Any(d => d < 0))
        {
            throw new ArgumentException(
                $"{differences.Length} pairs, of which {differences.Count(d => d > 0)} prefer the likelier answer and {differences.Count(d => d < 0)} the other: alpha is finite only with both kinds. Give more pairs.", nameof(pairs));
        }

        // Newton's method on a concave likelihood; halving keeps far starts from overshooting.
        double alpha = 0;
        for (int i = 0; i < Iterations; i++)
        {
            (double gradient, double information) = Slope(differences, alpha);
            double step = gradient / information;
            while (Math.Abs(step) > Converged && Likelihood(differences, alpha + step) < Likelihood(differences, alpha))
            {
                step /= 2;
            }

            alpha += step;
            if (Math.Abs(step) <= Converged * (1 + Math.Abs(alpha)))
            {
                break;
            }
        }

        return new TypicalityEstimate(alpha, 1 / Math.Sqrt(Slope(differences, alpha).Information), differences.Length);
    }

    /// <summary>Estimates gamma: the slope of the aligned model's log-probabilities on the base model's, over answers between which the true reward is flat.</summary>
    /// <param name="baseLogProbabilities">Of each answer, under the base model.</param>
    /// <param name="alignedLogProbabilities">Of the same answers, under the aligned model.</param>
    /// <exception cref="ArgumentException">There are fewer than two answers, or the base model finds all equally likely.</exception>
    public static TypicalityEstimate EstimateGamma(IReadOnlyList<double> baseLogProbabilities, IReadOnlyList<double> alignedLogProbabilities)
    {
        ArgumentNullException.ThrowIfNull(baseLogProbabilities);
        ArgumentNullException.ThrowIfNull(alignedLogProbabilities);
        int count = baseLogProbabilities.Count;
        if (count < 2 || alignedLogProbabilities.Count != count)
        {
            throw new ArgumentException($"Gamma needs the same answers, at least two, under both models; given {count} and {alignedLogProbabilities.Count}.", nameof(alignedLogProbabilities));
        }

        double meanBase = baseLogProbabilities.Average();
        double meanAligned = alignedLogProbabilities.Average();
        double spread = baseLogProbabilities.Sum(x => (x - meanBase) * (x - meanBase));
        if (!(spread > 0))
        {
            throw new ArgumentException("The base model finds all answers equally likely: a slope needs different ones.", nameof(baseLogProbabilities));
        }

        double slope = baseLogProbabilities.Zip(alignedLogProbabilities, (x, y) => (x - meanBase) * (y - meanAligned)).Sum() / spread;
        double residual = baseLogProbabilities.Zip(alignedLogProbabilities, (x, y) => y - meanAligned - (slope * (x - meanBase))).Sum(error => error * error);
        return new TypicalityEstimate(slope, count > 2 ? Math.Sqrt(residual / (count - 2) / spread) : double.NaN, count);
    }

    /// <summary>Scores preference pairs with a base model.</summary>
    /// <param name="model">The base model; it must be able to score.</param>
    /// <param name="prompt">Tokens of the prompt of a pair.</param>
    /// <param name="preferred">Text of the preferred answer.</param>
    /// <param name="other">Text of the other answer.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <exception cref="NotSupportedException">The model gives no log-probabilities of given texts.</exception>
    public static async Task<PreferenceScores> ScoreAsync(
        ILanguageModel model, IReadOnlyList<int> prompt, string preferred, string other, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Capabilities.HasFlag(LanguageModelCapabilities.Scoring))
        {
            throw new NotSupportedException($"The model {model.Name} does not score given texts. Use a model in this process, such as a GGUF file.");
        }

        int[] first = model.Tokenizer.Encode(preferred);
        int[] second = model.Tokenizer.Encode(other);
        IReadOnlyList<float[]> scores = await model.ScoreAsync(new ScoreRequest(prompt, [first, second]), cancellationToken).ConfigureAwait(false);
        return new PreferenceScores(scores[0].Sum(x => (double)x), first.Length, scores[1].Sum(x => (double)x), second.Length);
    }

    private static (double Gradient, double Information) Slope(double[] differences, double alpha)
    {
        double gradient = 0;
        double information = 0;
        foreach (double difference in differences)
        {
            double probability = TypicalityLaw.PreferenceProbability(alpha, difference);
            gradient += (1 - probability) * difference;
            information += probability * (1 - probability) * difference * difference;
        }

        return (gradient, information);
    }

    private static double Likelihood(double[] differences, double alpha) =>
        differences.Sum(difference => -Math.Log(1 + Math.Exp(Math.Min(700, -alpha * difference))));
}
