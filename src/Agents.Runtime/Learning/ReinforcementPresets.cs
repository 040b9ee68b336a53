using System.Collections.Frozen;
using Agents.Training.Loss;

namespace Agents.Runtime.Learning;

/// <summary>The named algorithms of reinforcement recipes, each only a bundle of stage choices that a recipe may override one by one (papers/00-grpo-baseline §2.7).</summary>
public static class ReinforcementPresets
{
    private static readonly FrozenDictionary<string, ReinforcementSettings> Known = new ReinforcementSettings[]
    {
        new() { Algorithm = "grpo", Advantages = "grpo", Loss = "ppo-clip", Aggregation = "sequence-mean", KlCoefficient = 0.001 },
        new() { Algorithm = "dr-grpo", Advantages = "dr-grpo", Loss = "ppo-clip", Aggregation = "constant-length" },
        new() { Algorithm = "dapo", Advantages = "grpo", Loss = "ppo-clip", Aggregation = "token-mean", ClipHigh = 0.28, DynamicSampling = true, OverlongBuffer = 32 },
        new() { Algorithm = "rloo", Advantages = "rloo", Loss = "reinforce", Aggregation = "sequence-sum" },
        new() { Algorithm = "reinforce++", Advantages = "reinforce++", Loss = "ppo-clip", Aggregation = "token-mean", KlEstimator = KlEstimator.K2, KlCoefficient = 0.001 },
        new() { Algorithm = "gspo", Advantages = "grpo", Loss = "gspo", Aggregation = "sequence-mean", ClipLow = 3e-4, ClipHigh = 4e-4, DualClip = null },
        new() { Algorithm = "cispo", Advantages = "grpo", Loss = "cispo", Aggregation = "token-mean", ClipLow = 0.999, ClipHigh = 4, DualClip = null },

        // Without a critic the returns are whitened over the batch, which is GAE with γ = λ = 1 and values of 0.
        new() { Algorithm = "ppo", Advantages = "reinforce++", Loss = "ppo-clip", Aggregation = "token-mean", UpdatesPerStep = 4, KlCoefficient = 0.05, DualClip = null },
    }.ToFrozenDictionary(preset => preset.Algorithm, StringComparer.Ordinal);

    /// <summary>Gets the names, the default one first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["grpo", "dr-grpo", "dapo", "rloo", "reinforce++", "gspo", "cispo", "ppo"];

    /// <summary>Returns a bundle.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="RecipeException">There is no such algorithm; the message names the nearest.</exception>
    public static ReinforcementSettings Find(string name) => Known.TryGetValue(name, out ReinforcementSettings? preset)
        ? preset
        : throw new RecipeException($"There is no algorithm '{name}'. {NearestNames.Describe(name, Names)}");
}
