namespace Agents.Models;

/// <summary>Order of the sampling chain; the two common orders keep different sets of tokens (papers/00-model-architecture §11).</summary>
public enum SamplerOrder
{
    /// <summary>Penalties, top-k, typical, top-p, min-p, temperature (llama.cpp).</summary>
    TruncateThenTemper = 0,

    /// <summary>Penalties, temperature, top-k, top-p, min-p, typical (Hugging Face).</summary>
    TemperThenTruncate = 1,
}
