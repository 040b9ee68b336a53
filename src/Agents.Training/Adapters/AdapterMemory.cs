using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;

namespace Agents.Training.Adapters;

/// <summary>Computes what an adapter trainer will hold, before anything is allocated.</summary>
public static class AdapterMemory
{
    private const int RotaryPositions = 4096;

    /// <summary>What a process holds besides the ledger: runtime, compiled code, packed panels (measured: 85 MiB).</summary>
    private const long ProcessBytes = 96L << 20;

    /// <summary>Rows of logits with which the head's products are nearly as fast as with all rows at once.</summary>
    private const int FewChunkRows = 128;

    /// <summary>Plans the memory of a run.</summary>
    /// <param name="shape">The base model.</param>
    /// <param name="baseBytes">Bytes of its weights as they are kept.</param>
    /// <param name="layout">The adapter.</param>
    /// <param name="options">Settings.</param>
    /// <param name="elementBytes">Size of a number: 4 for single precision.</param>
    /// <param name="stored">Whether products compute on stored blocks, which takes rounded copies of the activations.</param>
    public static MemoryLedger Plan(ModelShape shape, long baseBytes, AdapterLayout layout, AdapterTrainerOptions options, int elementBytes, bool stored)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        return Ledger(shape, baseBytes, layout, options, Choose(shape, baseBytes, layout, options, elementBytes, stored), elementBytes, stored);
    }

    /// <summary>Decides what is computed twice: nothing if that fits, else the logits, else the activations of the layers, else both.</summary>
    internal static AdapterMemoryChoice Choose(ModelShape shape, long baseBytes, AdapterLayout layout, AdapterTrainerOptions options, int elementBytes, bool stored)
    {
        int least = options.ChunkRows(shape.VocabularySize);
        int most = options.HeadChunkRows is null ? options.MaximumRows : least;
        int some = Math.Min(most, Math.Max(least, FewChunkRows));
        ReadOnlySpan<bool> ways = options.RecomputeLayers ? [false, true] : [false];
        foreach (bool recompute in ways)
        {
            foreach (int chunk in (ReadOnlySpan<int>)[most, some, least])
            {
                AdapterMemoryChoice choice = new(recompute, chunk);
                long bytes = Ledger(shape, baseBytes, layout, options, choice, elementBytes, stored).TotalBytes + ProcessBytes;
                if (bytes <= options.MemoryRatio * baseBytes)
                {
                    return choice;
                }
            }
        }

        return new AdapterMemoryChoice(ways[^1], least);
    }

    private static MemoryLedger Ledger(
        ModelShape shape, long baseBytes, AdapterLayout layout, AdapterTrainerOptions options, AdapterMemoryChoice choice, int elementBytes, bool stored)
    {
        long rows = options.MaximumRows;
        int layers = shape.Layers.Length;
        int chunk = choice.ChunkRows;
        long keys = shape.Layers.Select(layer => 2L * layer.KeyValueWidth).DefaultIfEmpty(0).Max();
        long activations = choice.RecomputeLayers
            ? ActivationSet<float>.Elements(shape, shape.Layers, options.MaximumRows)
            : shape.Layers.Sum(layer => ActivationSet<float>.Elements(shape, [layer], options.MaximumRows));
        int widest = Widest(shape);
        long tile = WeightTiles<float>.Capacity(options.TileElements, widest);
        long scratch = 3L * rows * layout.MaximumRank;
        if (layout.Kind == AdapterKind.Dora)
        {
            scratch += tile + (rows * WeightTiles<float>.MaximumRows) + layout.Slots.Max(slot => (long)slot.Outputs * slot.Rank)
                + (2 * layout.Slots.Max(slot => (long)slot.Rank * slot.Inputs)) + (2L * layout.Slots.Max(slot => slot.Outputs)) + layout.Slots.Sum(slot => (long)slot.Outputs);
        }

        long element = elementBytes;
        return new MemoryLedger(
            baseBytes,
            [
                new("adapter", 2 * layout.Length * element, "values and gradients; rank"),
                new("optimizer", 2 * layout.Length * element, "both moments; rank"),
                new("layer inputs", (layers + 2L) * rows * shape.HiddenSize * element, "residual stream before every layer and its gradient; rows, layers"),
                new("activations", activations * element, choice.RecomputeLayers ? "of one layer, computed again backward; rows" : "of all layers; rows, layers"),
                new("layer gradients", LayerGradients<float>.Elements(shape, options.MaximumRows) * element, "of one layer; rows"),
                new("logits", (long)chunk * shape.VocabularySize * element, $"{chunk} rows at a time"),
                new("head rows", (rows * ((2L * shape.HiddenSize) + 1) * element) + (rows * (8 + 128)), "rows with targets, their statistics; rows"),
                new("attention keys", (rows + AttentionShape.KeyBlock) * keys * element, "keys and values of one layer; rows"),
                new("weight tile", tile * element, "decoded rows of one frozen weight"),
                new("rounded rows", stored ? rows * widest * 2 : 0, "activations in eight bits, their scales and sums; rows"),
                new("adapter scratch", scratch * element, "reduced rows; rows, rank"),
                new("rotary table", (long)Math.Min(shape.ContextLength, RotaryPositions) * shape.Layers.Select(layer => layer.HeadSize).Distinct().Sum() * element, "cosines and sines"),
            ]);
    }

    /// <summary>Returns the bytes of weights as they are kept.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="weights">Weights in any storage.</param>
    public static unsafe long BytesOf<T>(DecoderWeights<T> weights)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(weights);
        return (weights.Length * sizeof(T)) + weights.Tensors.Sum(tensor => (tensor.Quantized?.Bytes ?? 0) + ((tensor.Packed?.Panels.Length ?? 0) * sizeof(T)));
    }

    /// <summary>Returns the columns of the widest matrix.</summary>
    /// <param name="shape">The model.</param>
    internal static int Widest(ModelShape shape) => TensorPlan.Of(shape).Where(plan => plan.Rows > 1).Max(plan => plan.Columns);
}
