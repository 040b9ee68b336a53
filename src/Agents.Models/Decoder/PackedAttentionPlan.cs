using Agents.Learning;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>
/// Attention among the rows of one packed batch: causal inside each sequence, or an arbitrary mask over all rows. Holds the keys and values of one layer at a time.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class PackedAttentionPlan<T> : IAttentionPlan<T>, IDisposable
    where T : unmanaged
{
    private AlignedBuffer<byte> _store = new(0);
    private AlignedBuffer<nint> _pages = new(0);
    private AlignedBuffer<AttentionSegment> _segments = new(0);
    private AlignedBuffer<byte> _mask = new(0);
    private int[] _starts = [];
    private int _count;
    private int _rows;
    private bool _masked;

    /// <summary>Gets the segments of the layer attended last, for the backward pass; their key stores hold that layer.</summary>
    public AttentionSegment* Segments => _segments.Data;

    /// <summary>Gets the number of segments.</summary>
    public int SegmentCount => _count;

    /// <summary>Sets the batch whose rows follow. Reuses memory when the new batch is not larger.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="sequenceStarts">First row of each sequence, ascending, starting with 0.</param>
    /// <param name="mask">[rows, rows], 1 = visible; replaces the causal rule for the whole batch. Empty for causal.</param>
    /// <exception cref="ArgumentException">Starts do not ascend from 0, or the mask has another size.</exception>
    public void SetBatch(int rows, ReadOnlySpan<int> sequenceStarts, ReadOnlySpan<byte> mask = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        RequireStarts(rows, sequenceStarts);
        if (!mask.IsEmpty && mask.Length != (long)rows * rows)
        {
            throw new ArgumentException($"The mask has {mask.Length} entries; {rows} rows need {(long)rows * rows}.", nameof(mask));
        }

        _rows = rows;
        _masked = !mask.IsEmpty;
        _count = _masked ? 1 : sequenceStarts.Length;
        if (_starts.Length < _count)
        {
            _starts = new int[_count];
        }

        sequenceStarts[.._count].CopyTo(_starts);
        Reserve(ref _segments, _count);
        Reserve(ref _pages, _count);
        if (_masked)
        {
            Reserve(ref _mask, mask.Length);
            mask.CopyTo(_mask.Span);
        }
    }

    /// <summary>Sets the batch from its packed description. See <see cref="SetBatch(int, ReadOnlySpan{int}, ReadOnlySpan{byte})"/>.</summary>
    /// <param name="batch">The batch.</param>
    public void SetBatch(PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        SetBatch(batch.Rows, batch.SequenceStarts, batch.Mask);
    }

    /// <inheritdoc/>
    public void Attend(IKernels<T> kernels, int layer, AttentionShape shape, ref LayerActivations<T> activations)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ElementType type = sizeof(T) == sizeof(double) ? ElementType.F64 : ElementType.F32;
        long bytes = 0;
        for (int i = 0; i < _count; i++)
        {
            // A sequence is one page of its own size.
            int length = Length(i);
            _segments.Data[i] = new AttentionSegment
            {
                QueryStart = _starts[i],
                QueryCount = length,
                Layout = new KeyValueLayout(shape, type, Capacity(length)),
                Pages = (byte**)(_pages.Data + i),
                KeyCount = length,
                VisibleOffset = 0,
                Mask = _masked ? _mask.Data : null,
            };
            bytes += _segments.Data[i].Layout.Bytes;
        }

        Reserve(ref _store, bytes);
        byte* page = _store.Data;
        for (int i = 0; i < _count; i++)
        {
            _pages.Data[i] = (nint)page;
            page += _segments.Data[i].Layout.Bytes;
        }

        kernels.StoreKeysAndValues(activations.Keys, activations.Values, _segments.Data, _count);
        kernels.Attend(shape, activations.Queries, _segments.Data, _count, activations.AttentionOutput, activations.LogSumExp);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _store.Dispose();
        _pages.Dispose();
        _segments.Dispose();
        _mask.Dispose();
    }

    private static int Capacity(int length) => (length + AttentionShape.KeyBlock - 1) / AttentionShape.KeyBlock * AttentionShape.KeyBlock;

    private static void RequireStarts(int rows, ReadOnlySpan<int> starts)
    {
        bool good = !starts.IsEmpty && starts[0] == 0 && starts[^1] < rows;
        for (int i = 1; i < starts.Length; i++)
        {
            good &= starts[i] > starts[i - 1];
        }

        if (!good)
        {
            throw new ArgumentException($"Sequence starts must ascend from 0 and stay below {rows}; got [{string.Join(", ", starts.ToArray())}].", nameof(starts));
        }
    }

    private static void Reserve<TElement>(ref AlignedBuffer<TElement> buffer, long length)
        where TElement : unmanaged
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<TElement>(length);
        }
    }

    private int Length(int sequence) => _masked ? _rows : (sequence + 1 < _count ? _starts[sequence + 1] : _rows) - _starts[sequence];
}
