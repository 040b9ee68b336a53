using System.Globalization;
using Agents.Models;
using Agents.Training.Optimization;

namespace Agents.Training.Backward;

/// <summary>The lines that tell whether stored parameters and moments fit a model.</summary>
internal static class ModelIdentity
{
    /// <summary>Returns one line <c>name = value</c> per property.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="options">Optimizer settings.</param>
    /// <param name="elementBytes">Size of a parameter.</param>
    public static IReadOnlyList<string> Of(ModelShape shape, AdamWOptions options, int elementBytes)
    {
        RopeScaling rope = shape.RopeScaling;
        string divisors = rope.Divisors is null ? "none" : string.Join(' ', rope.Divisors.Select(d => d.ToString("R", CultureInfo.InvariantCulture)));
        return
        [
            Line("architecture", shape.Architecture),
            Line("vocabulary", shape.VocabularySize),
            Line("hidden size", shape.HiddenSize),
            Line("layers", string.Join(' ', shape.Layers.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Heads}/{l.KeyValueHeads}x{l.HeadSize}+{l.FeedForwardSize}")))),
            Line("context", shape.ContextLength),
            Line("rms epsilon", shape.RmsNormEpsilon),
            Line("rope theta", shape.RopeTheta),
            Line("rope scaling", string.Create(CultureInfo.InvariantCulture, $"{rope.Kind} {rope.Factor} {rope.OriginalContext} {rope.LowFactor} {rope.HighFactor} {divisors}")),
            Line("tied embeddings", shape.TiedEmbeddings),
            Line("attention bias", shape.AttentionBias),
            Line("query/key norm", shape.QueryKeyNorm),
            Line("element bytes", elementBytes),
            Line("adamw", string.Create(CultureInfo.InvariantCulture, $"{options.Beta1} {options.Beta2} {options.Epsilon} {options.WeightDecay} {options.DecayEmbedding} {options.MaximumGradientNorm}")),
        ];
    }

    private static string Line<TValue>(string name, TValue value) => string.Create(CultureInfo.InvariantCulture, $"{name} = {value}");
}
