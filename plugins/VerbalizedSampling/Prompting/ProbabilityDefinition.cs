namespace Agents.Plugins.VerbalizedSampling.Prompting;

/// <summary>What the prompt says about the number that comes with each answer (papers/51 §2.4).</summary>
public enum ProbabilityDefinition
{
    /// <summary>An estimate from 0 to 1, conditioned on the input and measured against everything the model could answer.</summary>
    Explicit = 0,

    /// <summary>A likelihood from 0 to 1 without further explanation.</summary>
    Implicit = 1,

    /// <summary>A number from 0 to 1 that is comparable only among the answers of the list.</summary>
    Relative = 2,

    /// <summary>As <see cref="Explicit"/>, from 0 to 100 %.</summary>
    Percentage = 3,

    /// <summary>A score from 0 to 1 of how ordinary the answer is.</summary>
    Confidence = 4,

    /// <summary>A perplexity, at least 1; its reciprocal is the weight.</summary>
    Perplexity = 5,

    /// <summary>A negative log-likelihood, at least 0; e to its negative is the weight.</summary>
    Nll = 6,
}
