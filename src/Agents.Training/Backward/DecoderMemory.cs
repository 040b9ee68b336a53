using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;

namespace Agents.Training.Backward;

/// <summary>Computes what a trainer of all weights will hold, before anything is allocated.</summary>
public static class DecoderMemory
{
    private const int RotaryPositions = 4096;

    /// <summary>Plans the memory of a run.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="options">Settings.</param>
    /// <param name="elementBytes">Size of a number: 4 for single precision.</param>
    public static MemoryLedger Plan(ModelShape shape, DecoderTrainerOptions options, int elementBytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        long element = elementBytes;
        long rows = options.MaximumRows;
        long weights = TensorPlan.Of(shape).Sum(plan => (long)plan.Rows * plan.Columns) * element;
        int chunk = options.ChunkRows(shape.VocabularySize);
        long keys = shape.Layers.Select(layer => 2L * layer.KeyValueWidth).DefaultIfEmpty(0).Max();
        long activations = options.RecomputeLayers
            ? ActivationSet<float>.Elements(shape, shape.Layers, options.MaximumRows)
            : shape.Layers.Sum(layer => ActivationSet<float>.Elements(shape, [layer], options.MaximumRows));
        return new MemoryLedger(
            weights,
            [
                new("gradients", weights, "of all weights"),
                new("optimizer", 2 * weights, "both moments of all weights"),
                new("layer inputs", (shape.Layers.Length + 2L) * rows * shape.HiddenSize * element, "residual stream before every layer and its gradient; rows, layers"),
                new("activations", activations * element, options.RecomputeLayers ? "of one layer, computed again backward; rows" : "of all layers; rows, layers"),
                new("layer gradients", LayerGradients<float>.Elements(shape, options.MaximumRows) * element, "of one layer; rows"),
                new("logits", (long)chunk * shape.VocabularySize * element, $"{chunk} rows at a time"),
                new("head rows", (rows * ((2L * shape.HiddenSize) + 1) * element) + (rows * (8 + 128)), "rows with targets, their statistics; rows"),
                new("attention keys", (rows + AttentionShape.KeyBlock) * keys * element, "keys and values of one layer; rows"),
                new("rotary table", (long)Math.Min(shape.ContextLength, RotaryPositions) * shape.Layers.Select(layer => layer.HeadSize).Distinct().Sum() * element, "cosines and sines"),
            ]);
    }
}
