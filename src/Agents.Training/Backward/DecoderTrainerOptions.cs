using Agents.Training.Optimization;

namespace Agents.Training.Backward;

/// <summary>Memory and optimizer settings of a trainer. None of the memory settings changes a bit of the result.</summary>
public sealed record DecoderTrainerOptions
{
    /// <summary>Logits that the head may hold at once when <see cref="HeadChunkRows"/> is not given.</summary>
    private const int DefaultChunkLogits = 1 << 24;

    /// <summary>Gets the most rows of a micro-batch; all workspaces are allocated for it once. Default 2,048.</summary>
    public int MaximumRows { get; init; } = 2_048;

    /// <summary>Gets whether only the input of each layer is kept and the rest computed again during the backward pass. Default false.</summary>
    public bool RecomputeLayers { get; init; }

    /// <summary>Gets how many rows of logits exist at once; null (default) means as many as fit into 16 Mi logits.</summary>
    public int? HeadChunkRows { get; init; }

    /// <summary>Gets the optimizer's settings.</summary>
    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (MaximumRows < 1 || HeadChunkRows is < 1)
        {
            throw new ArgumentException($"A trainer needs positive sizes; got {MaximumRows} rows and {HeadChunkRows} rows per chunk of the head.");
        }

        Optimizer.Validate();
    }

    /// <summary>Returns the rows of one chunk of the head.</summary>
    /// <param name="vocabularySize">Columns of the logits.</param>
    public int ChunkRows(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        return Math.Min(MaximumRows, HeadChunkRows ?? Math.Max(16, DefaultChunkLogits / vocabularySize));
    }
}
