using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Cache;

/// <summary>Attention of batch rows over KV caches: consecutive rows belong to one cache and continue its sequence (prefill chunks and decode rows alike).</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class CachedAttentionPlan<T> : IAttentionPlan<T>, IDisposable
    where T : unmanaged
{
    private readonly KvCache<T>[] _caches;
    private readonly int[] _counts;
    private readonly AlignedBuffer<AttentionSegment<T>> _segments;
    private int _count;

    /// <summary>Creates a plan.</summary>
    /// <param name="maximumSequences">Most caches per batch.</param>
    public CachedAttentionPlan(int maximumSequences)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumSequences);
        _caches = new KvCache<T>[maximumSequences];
        _counts = new int[maximumSequences];
        _segments = new AlignedBuffer<AttentionSegment<T>>(maximumSequences);
    }

    /// <summary>Starts a new batch.</summary>
    public void Clear()
    {
        Array.Clear(_caches, 0, _count);
        _count = 0;
    }

    /// <summary>Adds the next rows of the batch. A cache may occur only once per batch.</summary>
    /// <param name="cache">Cache that the rows continue; room is reserved.</param>
    /// <param name="rows">Number of rows.</param>
    public void Add(KvCache<T> cache, int rows)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        cache.Reserve(cache.Length + rows);
        _caches[_count] = cache;
        _counts[_count] = rows;
        _count++;
    }

    /// <inheritdoc/>
    public void Attend(IKernels<T> kernels, int layer, AttentionShape shape, ref LayerActivations<T> activations)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        int row = 0;
        for (int i = 0; i < _count; i++)
        {
            _caches[i].Store(kernels, layer, activations.Keys.RowRange(row, _counts[i]), activations.Values.RowRange(row, _counts[i]));
            _segments.Data[i] = _caches[i].Segment(layer, row, _counts[i]);
            row += _counts[i];
        }

        kernels.Attend(shape, activations.Queries, _segments.Data, _count, activations.AttentionOutput, activations.LogSumExp);
    }

    /// <summary>Makes the rows part of their sequences, after all layers ran.</summary>
    public void Commit()
    {
        for (int i = 0; i < _count; i++)
        {
            _caches[i].Advance(_counts[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _segments.Dispose();
}
