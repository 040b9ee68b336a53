namespace Agents.Models;

/// <summary>What a backend can do. Declared by the backend and probed by callers; a strategy degrades where a flag is missing.</summary>
[Flags]
public enum LanguageModelCapabilities
{
    /// <summary>Text in, text out.</summary>
    None = 0,

    /// <summary>Log-probabilities of sampled tokens.</summary>
    LogProbabilities = 1,

    /// <summary>Several samples of one prompt in one call.</summary>
    GroupSampling = 2,

    /// <summary>Log-probabilities of given continuations.</summary>
    Scoring = 4,

    /// <summary>Adapters chosen per request.</summary>
    Adapters = 8,

    /// <summary>Decoding under a grammar or schema.</summary>
    Grammar = 16,

    /// <summary>Weights can be trained in this process.</summary>
    Training = 32,
}
