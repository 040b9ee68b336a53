using Agents.Training.Optimization;

namespace Agents.Training.Adapters;

/// <summary>Adapter, memory and optimizer settings of an adapter trainer. None of the memory settings changes a bit of the result.</summary>
public sealed record AdapterTrainerOptions
{
    /// <summary>Logits that the head may hold at once when <see cref="HeadChunkRows"/> is not given: 32 MiB of floats.</summary>
    private const int DefaultChunkLogits = 1 << 23;

    /// <summary>Gets form and start of a new adapter; an adapter that is trained further brings its own.</summary>
    public AdapterOptions Adapter { get; init; } = new();

    /// <summary>Gets the most rows of a micro-batch; all workspaces are allocated for it once. Default 512.</summary>
    public int MaximumRows { get; init; } = 512;

    /// <summary>
    /// Gets whether only the input of each layer may be kept and the rest computed again during the backward pass, where <see cref="MemoryRatio"/> demands it. Default true.
    /// </summary>
    public bool RecomputeLayers { get; init; } = true;

    /// <summary>
    /// Gets how many rows of logits exist at once; null (default) means as many as <see cref="MemoryRatio"/> allows, at least as many as fit into 8 Mi logits, and at least 12.
    /// </summary>
    public int? HeadChunkRows { get; init; }

    /// <summary>
    /// Gets how large the whole process may become, as a multiple of the base's bytes, before something is computed twice: first the head's logits, then the
    /// layers. The least that training takes is taken whatever this says. Default 1.5.
    /// </summary>
    public double MemoryRatio { get; init; } = 1.5;

    /// <summary>Gets how many elements of a frozen weight are decoded at once in the backward pass. Default 256 Ki (1 MiB).</summary>
    public int TileElements { get; init; } = 1 << 18;

    /// <summary>Gets the optimizer's settings. Default: second moments decay by 0.999, no weight decay.</summary>
    public AdamWOptions Optimizer { get; init; } = new() { Beta2 = 0.999, WeightDecay = 0 };

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (!(MemoryRatio > 0))
        {
            throw new ArgumentException($"The memory ratio {MemoryRatio} of an adapter trainer must be positive.");
        }

        if (MaximumRows < 1 || HeadChunkRows is < 1 || TileElements < 1)
        {
            throw new ArgumentException($"An adapter trainer needs positive sizes; got {MaximumRows} rows, {HeadChunkRows} rows per chunk of the head and tiles of {TileElements} elements.");
        }

        Adapter.Validate();
        Optimizer.Validate();
    }

    /// <summary>Returns the rows of one chunk of the head, or the least of them where <see cref="HeadChunkRows"/> leaves a choice.</summary>
    /// <param name="vocabularySize">Columns of the logits.</param>
    public int ChunkRows(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        // Whole tiles of the matrix kernels, which are 12 rows high.
        int rows = Math.Max(12, DefaultChunkLogits / vocabularySize / 12 * 12);
        return Math.Min(MaximumRows, HeadChunkRows ?? rows);
    }
}
