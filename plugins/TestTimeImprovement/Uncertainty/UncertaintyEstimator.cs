namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>How certainty is measured (papers/61 §2, §3).</summary>
public enum UncertaintyEstimator
{
    /// <summary>Relative softmax scoring where the task offers functions and the model scores continuations, otherwise disagreement.</summary>
    Auto = 0,

    /// <summary>Relative softmax scoring: over the offered functions, or over sampled answers where there are none.</summary>
    Rss = 1,

    /// <summary>One over the perplexity of the model's own greedy answer.</summary>
    Perplexity = 2,

    /// <summary>Shares of sampled answers that mean the same.</summary>
    Disagreement = 3,
}
