using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Cache;

/// <summary>Attention of batch rows over cached sequences: consecutive rows continue one sequence (prefill chunks and decode rows alike).</summary>
public sealed unsafe class CachedAttentionPlan : IAttentionPlan<float>, IDisposable
{
    private readonly KvSequence[] _sequences;
    private readonly int[] _counts;
    private readonly AlignedBuffer<AttentionSegment> _segments;
    private int _count;

    /// <summary>Creates a plan.</summary>
    /// <param name="maximumSequences">Most sequences per batch.</param>
    public CachedAttentionPlan(int maximumSequences)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumSequences);
        _sequences = new KvSequence[maximumSequences];
        _counts = new int[maximumSequences];
        _segments = new AlignedBuffer<AttentionSegment>(maximumSequences);
    }

    /// <summary>Starts a new batch.</summary>
    public void Clear()
    {
        Array.Clear(_sequences, 0, _count);
        _count = 0;
    }

    /// <summary>Adds the next rows of the batch. A sequence may occur only once per batch.</summary>
    /// <param name="sequence">Sequence that the rows continue; room is reserved.</param>
    /// <param name="rows">Number of rows.</param>
    /// <exception cref="KvCacheFullException">The pool has too few pages left; nothing was added.</exception>
    public void Add(KvSequence sequence, int rows)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        sequence.Reserve(sequence.Length + rows);
        _sequences[_count] = sequence;
        _counts[_count] = rows;
        _count++;
    }

    /// <inheritdoc/>
    public void Attend(IKernels<float> kernels, int layer, AttentionShape shape, ref LayerActivations<float> activations)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        int row = 0;
        for (int i = 0; i < _count; i++)
        {
            // A sequence that was forked after it was added must not write into what it shares now.
            _sequences[i].RequireReserved(_counts[i]);
            _segments.Data[i] = _sequences[i].Segment(layer, row, _counts[i]);
            row += _counts[i];
        }

        kernels.StoreKeysAndValues(activations.Keys, activations.Values, _segments.Data, _count);
        kernels.Attend(shape, activations.Queries, _segments.Data, _count, activations.AttentionOutput, activations.LogSumExp);
    }

    /// <summary>Makes the rows part of their sequences, after all layers ran.</summary>
    public void Commit()
    {
        for (int i = 0; i < _count; i++)
        {
            _sequences[i].Advance(_counts[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _segments.Dispose();
}
