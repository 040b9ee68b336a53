using System.Collections.Immutable;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Cache;

/// <summary>
/// Keys and values of one sequence for every layer, in the layout of <see cref="AttentionSegment{T}"/>: keys transposed in blocks of 16 positions, values row by
/// row. Grows in place up to the context length. Not safe for concurrent calls.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class KvCache<T> : IDisposable
    where T : unmanaged
{
    private readonly ImmutableArray<AttentionShape> _shapes;
    private readonly AlignedBuffer<T>[] _keys;
    private readonly AlignedBuffer<T>[] _values;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="capacity">Positions to reserve; rounded up to a multiple of 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative or beyond the context length.</exception>
    public KvCache(ModelShape shape, int capacity)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, shape.ContextLength);
        ContextLength = shape.ContextLength;
        Capacity = RoundUp(capacity);
        _shapes = [.. shape.Layers.Select(layer => new AttentionShape(layer.Heads, layer.KeyValueHeads, layer.HeadSize))];
        _keys = new AlignedBuffer<T>[_shapes.Length];
        _values = new AlignedBuffer<T>[_shapes.Length];
        for (int layer = 0; layer < _shapes.Length; layer++)
        {
            _keys[layer] = new AlignedBuffer<T>(_shapes[layer].KeyStoreLength(Capacity));
            _values[layer] = new AlignedBuffer<T>((long)Capacity * _shapes[layer].KeyValueWidth);
        }
    }

    /// <summary>Gets the number of positions that hold a token.</summary>
    public int Length { get; private set; }

    /// <summary>Gets the number of positions that fit without growing; a multiple of 16.</summary>
    public int Capacity { get; private set; }

    /// <summary>Gets the most positions the cache may hold.</summary>
    public int ContextLength { get; }

    /// <summary>Gets the bytes held.</summary>
    public long Bytes
    {
        get
        {
            long elements = 0;
            for (int layer = 0; layer < _shapes.Length; layer++)
            {
                elements += _keys[layer].Length + _values[layer].Length;
            }

            return elements * sizeof(T);
        }
    }

    /// <summary>Makes room for positions; contents stay. Allocates only when the capacity is too small, and then at least doubles it.</summary>
    /// <param name="positions">Positions that must fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">More positions than the context length.</exception>
    public void Reserve(int positions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, ContextLength);
        if (positions <= Capacity)
        {
            return;
        }

        int capacity = RoundUp(Math.Max(positions, (int)Math.Min(2L * Capacity, ContextLength)));
        for (int layer = 0; layer < _shapes.Length; layer++)
        {
            AlignedBuffer<T> keys = new(_shapes[layer].KeyStoreLength(capacity));
            AlignedBuffer<T> values = new((long)capacity * _shapes[layer].KeyValueWidth);
            CopyLayer(_shapes[layer], _keys[layer].Data, _values[layer].Data, Capacity, keys.Data, values.Data, capacity, Length);
            _keys[layer].Dispose();
            _values[layer].Dispose();
            _keys[layer] = keys;
            _values[layer] = values;
        }

        Capacity = capacity;
    }

    /// <summary>Stores the rows of one layer behind the present positions. <see cref="Advance"/> makes them part of the sequence once all layers are done.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="keys">[rows, key/value width], after RoPE.</param>
    /// <param name="values">[rows, key/value width].</param>
    /// <exception cref="InvalidOperationException">The capacity is too small; see <see cref="Reserve"/>.</exception>
    public void Store(IAttentionKernels<T> kernels, int layer, MatrixView<T> keys, MatrixView<T> values)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        if (Length + keys.Rows > Capacity)
        {
            throw new InvalidOperationException($"{keys.Rows} rows behind {Length} positions exceed the capacity of {Capacity}; reserve first.");
        }

        AttentionShape shape = _shapes[layer];
        kernels.StoreKeys(shape, keys, _keys[layer].Data, Capacity, Length);
        for (int row = 0; row < values.Rows; row++)
        {
            T* target = _values[layer].Data + ((long)(Length + row) * shape.KeyValueWidth);
            new ReadOnlySpan<T>(values.Row(row), shape.KeyValueWidth).CopyTo(new Span<T>(target, shape.KeyValueWidth));
        }
    }

    /// <summary>Describes attention of some batch rows over this cache, their own keys included.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="queryStart">First row in the batch.</param>
    /// <param name="queryCount">Number of rows, whose keys were stored behind the present positions.</param>
    public AttentionSegment<T> Segment(int layer, int queryStart, int queryCount) => new()
    {
        QueryStart = queryStart,
        QueryCount = queryCount,
        Keys = _keys[layer].Data,
        Values = _values[layer].Data,
        Capacity = Capacity,
        KeyCount = Length + queryCount,
        VisibleOffset = Length,
    };

    /// <summary>Makes stored rows part of the sequence.</summary>
    /// <param name="rows">Number of rows.</param>
    public void Advance(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Capacity - Length);
        Length += rows;
    }

    /// <summary>Forgets all positions from <paramref name="length"/> on.</summary>
    /// <param name="length">Positions to keep.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Replaces the contents by the first positions of another cache of the same model.</summary>
    /// <param name="other">Source.</param>
    /// <param name="length">Positions to copy.</param>
    /// <exception cref="ArgumentException">The source belongs to another shape or is shorter.</exception>
    public void CopyPrefixFrom(KvCache<T> other, int length)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, other.Length);
        if (!_shapes.AsSpan().SequenceEqual(other._shapes.AsSpan()))
        {
            throw new ArgumentException("The source cache belongs to a model of another shape.", nameof(other));
        }

        Length = 0;
        Reserve(length);
        for (int layer = 0; layer < _shapes.Length; layer++)
        {
            CopyLayer(
                _shapes[layer], other._keys[layer].Data, other._values[layer].Data, other.Capacity, _keys[layer].Data, _values[layer].Data, Capacity, length);
        }

        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int layer = 0; layer < _shapes.Length; layer++)
        {
            _keys[layer].Dispose();
            _values[layer].Dispose();
        }
    }

    private static int RoundUp(int positions) => (positions + AttentionShape.KeyBlock - 1) / AttentionShape.KeyBlock * AttentionShape.KeyBlock;

    private static void CopyLayer(
        AttentionShape shape, T* sourceKeys, T* sourceValues, int sourceCapacity, T* targetKeys, T* targetValues, int targetCapacity, int length)
    {
        long used = (long)RoundUp(length) * shape.HeadSize * sizeof(T);
        for (int head = 0; head < shape.KeyValueHeads; head++)
        {
            T* source = sourceKeys + ((long)head * sourceCapacity * shape.HeadSize);
            T* target = targetKeys + ((long)head * targetCapacity * shape.HeadSize);
            Buffer.MemoryCopy(source, target, used, used);
        }

        long bytes = (long)length * shape.KeyValueWidth * sizeof(T);
        Buffer.MemoryCopy(sourceValues, targetValues, bytes, bytes);
    }
}
