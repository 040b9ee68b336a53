using System.Collections.Immutable;
using System.Globalization;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Training.Adapters;
using Agents.Training.Backward;

namespace Agents.Training.Preflight;

/// <summary>Computes what training and sampling will hold, before anything is allocated. The counterpart for all weights of <see cref="AdapterMemory"/>.</summary>
public static class TrainingMemory
{
    private const int RotaryPositions = 4096;

    /// <summary>Bytes per row that the head keeps beside its matrices: indices, weights and statistics of a target.</summary>
    private const int HeadRowBytes = 8 + 128;

    /// <summary>Plans a trainer of all weights.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="options">Settings.</param>
    /// <param name="elementBytes">Size of a number: 4 for single precision.</param>
    public static ImmutableArray<MemoryLedgerEntry> Full(ModelShape shape, DecoderTrainerOptions options, int elementBytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        long element = elementBytes;
        long rows = options.MaximumRows;
        long parameters = Parameters(shape);
        int chunk = options.ChunkRows(shape.VocabularySize);
        long activations = options.RecomputeLayers
            ? ActivationSet<float>.Elements(shape, shape.Layers, options.MaximumRows)
            : shape.Layers.Sum(layer => ActivationSet<float>.Elements(shape, [layer], options.MaximumRows));
        return
        [
            new("weights", parameters * element, "trained"),
            new("gradients", parameters * element, "of all weights"),
            new("optimizer", 2 * parameters * element, "both moments of all weights"),
            new("layer inputs", (shape.Layers.Length + 2L) * rows * shape.HiddenSize * element, "residual stream before every layer and its gradient; rows, layers"),
            new("activations", activations * element, options.RecomputeLayers ? "of one layer, computed again backward; rows" : "of all layers; rows, layers"),
            new("layer gradients", LayerGradients<float>.Elements(shape, options.MaximumRows) * element, "of one layer; rows"),
            new("logits", (long)chunk * shape.VocabularySize * element, string.Create(CultureInfo.InvariantCulture, $"{chunk} rows at a time")),
            new("head rows", (rows * ((2L * shape.HiddenSize) + 1) * element) + (rows * HeadRowBytes), "rows with targets, their statistics; rows"),
            new("rotary table", (long)Math.Min(shape.ContextLength, RotaryPositions) * shape.Layers.Select(layer => layer.HeadSize).Distinct().Sum() * element, "cosines and sines"),
        ];
    }

    /// <summary>Turns the plan of an adapter trainer into entries.</summary>
    /// <param name="ledger">Result of <see cref="AdapterMemory.Plan"/>.</param>
    public static ImmutableArray<MemoryLedgerEntry> Adapter(MemoryLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return [new("weights", ledger.BaseBytes, "frozen"), .. ledger.Entries];
    }

    /// <summary>Plans what sampling holds beside the trainer.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="weightBytes">Bytes of one served copy of the weights; 0 when sampling reads those of the trainer.</param>
    /// <param name="copies">Generations that serve at once: 1 for steps on fresh samples, further ones for staleness and for a frozen reference of its own.</param>
    /// <param name="sequences">Completions that are sampled at once, at most the rows of the engine's batch.</param>
    /// <param name="positions">Tokens of the longest prompt with the longest completion.</param>
    public static ImmutableArray<MemoryLedgerEntry> Sampling(ModelShape shape, long weightBytes, int copies, int sequences, int positions)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNegative(weightBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(copies);
        ArgumentOutOfRangeException.ThrowIfNegative(sequences);
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        long keys = shape.Layers.Sum(layer => 2L * layer.KeyValueWidth) * sizeof(float);
        return
        [
            new("served weights", weightBytes * copies, string.Create(CultureInfo.InvariantCulture, $"{copies} generations that sample or score")),
            new("keys and values", keys * sequences * positions, string.Create(CultureInfo.InvariantCulture, $"of {sequences} sequences of {positions} tokens")),
        ];
    }

    /// <summary>Returns the number of parameters.</summary>
    /// <param name="shape">The model.</param>
    public static long Parameters(ModelShape shape) => TensorPlan.Of(shape).Sum(plan => (long)plan.Rows * plan.Columns);
}
