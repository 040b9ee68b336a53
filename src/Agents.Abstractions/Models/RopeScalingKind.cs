namespace Agents.Models;

/// <summary>How rotary frequencies are stretched for long contexts (papers/00-model-architecture §3).</summary>
public enum RopeScalingKind
{
    /// <summary>No scaling.</summary>
    None = 0,

    /// <summary>All frequencies divided by the factor.</summary>
    Linear = 1,

    /// <summary>Llama-3 rule: low frequencies divided, high ones kept, the band between interpolated.</summary>
    Llama3 = 2,

    /// <summary>YaRN: interpolation by dimension plus attention temperature.</summary>
    Yarn = 3,

    /// <summary>Explicit divisors per frequency, as GGUF stores them in rope_freqs.weight.</summary>
    Divisors = 4,
}
