using System.Collections.Immutable;

namespace Agents.Models;

/// <summary>Architecture and sizes of a decoder-only transformer. Names follow Hugging Face configuration keys where those exist.</summary>
public sealed record ModelShape
{
    /// <summary>Gets the architecture: <c>llama</c>, <c>qwen2</c> or <c>qwen3</c> (GGUF names).</summary>
    public required string Architecture { get; init; }

    /// <summary>Gets the number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Gets the width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Gets the layers from input to output.</summary>
    public required ImmutableArray<LayerShape> Layers { get; init; }

    /// <summary>Gets the longest supported sequence in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Gets the epsilon inside RMS normalization. Llama 1e-5, Qwen 1e-6.</summary>
    public double RmsNormEpsilon { get; init; } = 1e-5;

    /// <summary>Gets the base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Gets the rotary frequency scaling.</summary>
    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary>Gets whether the output head is the token embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Gets whether query, key and value projections have biases (Qwen2 always).</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Gets whether queries and keys are RMS-normalized per head before RoPE (Qwen3).</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Gets the number of parameters; a tied head counts once.</summary>
    public long ParameterCount
    {
        get
        {
            long hidden = HiddenSize;
            long count = VocabularySize * hidden * (TiedEmbeddings ? 1 : 2);
            foreach (LayerShape layer in Layers)
            {
                long queries = layer.QueryWidth;
                long keys = layer.KeyValueWidth;
                count += (hidden * ((2 * queries) + (2 * keys))) + (3 * hidden * layer.FeedForwardSize) + (2 * hidden);
                count += AttentionBias ? queries + (2 * keys) : 0;
                count += QueryKeyNorm ? 2 * layer.HeadSize : 0;
            }

            return count + hidden;
        }
    }

    /// <summary>Creates a shape whose layers are all alike.</summary>
    /// <param name="architecture"><c>llama</c>, <c>qwen2</c> or <c>qwen3</c>; sets biases, QK-norm and epsilon as that family has them.</param>
    /// <param name="vocabularySize">Number of token ids.</param>
    /// <param name="hiddenSize">Width of the residual stream.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="layer">Shape of each layer.</param>
    /// <param name="contextLength">Longest sequence.</param>
    /// <exception cref="ArgumentException">The architecture is unknown or a size makes no sense.</exception>
    public static ModelShape Uniform(string architecture, int vocabularySize, int hiddenSize, int layers, LayerShape layer, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        ModelShape shape = new()
        {
            Architecture = architecture,
            VocabularySize = vocabularySize,
            HiddenSize = hiddenSize,
            Layers = [.. Enumerable.Repeat(layer, layers)],
            ContextLength = contextLength,
            RmsNormEpsilon = architecture == "llama" ? 1e-5 : 1e-6,
            AttentionBias = architecture == "qwen2",
            QueryKeyNorm = architecture == "qwen3",
        };
        shape.Validate();
        return shape;
    }

    /// <summary>Checks all sizes.</summary>
    /// <exception cref="ArgumentException">Lists every rule that is broken.</exception>
    public void Validate()
    {
        List<string> broken = [];
        Require(broken, Architecture is "llama" or "qwen2" or "qwen3", $"architecture '{Architecture}' is unknown (llama, qwen2, qwen3)");
        Require(broken, VocabularySize > 0, $"vocabulary size {VocabularySize} must be positive");
        Require(broken, HiddenSize > 0, $"hidden size {HiddenSize} must be positive");
        Require(broken, ContextLength > 0, $"context length {ContextLength} must be positive");
        Require(broken, RmsNormEpsilon > 0, $"RMS epsilon {RmsNormEpsilon} must be positive");
        Require(broken, RopeTheta > 1, $"RoPE theta {RopeTheta} must exceed 1");
        for (int i = 0; i < Layers.Length; i++)
        {
            LayerShape layer = Layers[i];
            Require(broken, layer.Heads > 0 && layer.KeyValueHeads > 0 && layer.Heads % layer.KeyValueHeads == 0, $"layer {i}: {layer.Heads} query heads are not a multiple of {layer.KeyValueHeads} key/value heads");
            Require(broken, layer.HeadSize > 0 && layer.HeadSize % 2 == 0, $"layer {i}: head size {layer.HeadSize} must be positive and even");
            Require(broken, layer.FeedForwardSize > 0, $"layer {i}: feed-forward size {layer.FeedForwardSize} must be positive");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The model shape is invalid: " + string.Join("; ", broken) + ".");
        }
    }

    private static void Require(List<string> broken, bool holds, string sentence)
    {
        if (!holds)
        {
            broken.Add(sentence);
        }
    }
}
