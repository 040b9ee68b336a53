using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Cache;

/// <summary>
/// Keys and values of one sequence for every layer, on pages of a <see cref="KvPagePool"/>. Sequences that were forked share pages; one that is about to write
/// into a shared page takes a copy first. Not safe for concurrent calls, but sequences of one pool may be used by different threads.
/// </summary>
/// <remarks>A step is: <see cref="Reserve"/>, per layer <see cref="Store"/> and attention over <see cref="Segment"/>, then <see cref="Advance"/>.</remarks>
public sealed unsafe class KvSequence : IDisposable
{
    private const int FirstPages = 16;

    private readonly KvPagePool _pool;
    private KvPage[] _pages = new KvPage[FirstPages];
    private AlignedBuffer<nint> _table = new(FirstPages);
    private int _count;
    private bool _disposed;

    internal KvSequence(KvPagePool pool)
    {
        _pool = pool;
    }

    /// <summary>Gets the number of positions that hold a token.</summary>
    public int Length { get; private set; }

    /// <summary>Gets the number of positions that the pages can hold.</summary>
    public int Capacity => _count * _pool.PagePositions;

    /// <summary>Gets the most positions the sequence may hold.</summary>
    public int ContextLength => _pool.Shape.ContextLength;

    /// <summary>Gets the number of pages the sequence holds, shared ones included.</summary>
    public int PageCount => _count;

    /// <summary>Makes positions up to a count ready to be written. In steady state nothing is allocated.</summary>
    /// <param name="positions">Positions that must fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">More positions than the context length.</exception>
    /// <exception cref="KvCacheFullException">The pool has too few pages left; the sequence is as before.</exception>
    public void Reserve(int positions)
    {
        if (!TryReserve(positions))
        {
            throw new KvCacheFullException(
                $"A sequence of {Length} positions needs room for {positions}, but only {_pool.FreePages} of {_pool.MaximumPages} pages of {_pool.PagePositions} positions are free; end other sequences or raise the limit of the cache.");
        }
    }

    /// <summary>Makes positions up to a count ready to be written, if the pool has enough pages left.</summary>
    /// <param name="positions">Positions that must fit.</param>
    /// <returns>False when the pool has too few pages left; the sequence is as before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">More positions than the context length.</exception>
    public bool TryReserve(int positions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, ContextLength);
        if (positions <= Length)
        {
            return true;
        }

        int wanted = _pool.PagesFor(positions);
        GrowTable(wanted);
        int before = _count;
        while (_count < wanted)
        {
            if (_pool.TryTake() is not { } page)
            {
                ReturnPages(before);
                return false;
            }

            Put(_count++, page);
        }

        // Only the page that holds the next position may be shared: what follows it belongs to nobody else.
        int next = Length / _pool.PagePositions;
        if (IsShared(next) && !TryOwn(next))
        {
            ReturnPages(before);
            return false;
        }

        return true;
    }

    /// <summary>Stores the rows of one layer behind the present positions. <see cref="Advance"/> makes them part of the sequence once all layers are done.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="keys">[rows, key/value width], after RoPE.</param>
    /// <param name="values">[rows, key/value width].</param>
    /// <exception cref="InvalidOperationException">The positions are not reserved; see <see cref="Reserve"/>.</exception>
    public void Store(IAttentionKernels<float> kernels, int layer, MatrixView<float> keys, MatrixView<float> values)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        RequireReserved(keys.Rows);
        AttentionSegment segment = Segment(layer, 0, keys.Rows);
        kernels.StoreKeysAndValues(keys, values, &segment, 1);
    }

    /// <summary>Describes some batch rows that continue this sequence, for storing their keys and values and for attention over all positions, their own included.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="queryStart">First row in the batch.</param>
    /// <param name="queryCount">Number of rows, for which room is reserved.</param>
    /// <returns>The segment; valid until the next call that changes the sequence.</returns>
    public AttentionSegment Segment(int layer, int queryStart, int queryCount) => new()
    {
        QueryStart = queryStart,
        QueryCount = queryCount,
        Layout = _pool.Layouts[layer],
        Pages = (byte**)_table.Data,
        PageOffset = _pool.OffsetOf(layer),
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

    /// <summary>Forgets all positions from <paramref name="length"/> on and gives back the pages that held only those.</summary>
    /// <param name="length">Positions to keep.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
        ReturnPages(_pool.PagesFor(length));
    }

    /// <summary>Creates a sequence that begins with the first positions of this one and shares their pages.</summary>
    /// <param name="length">Positions to share.</param>
    /// <returns>The new sequence; the caller disposes it.</returns>
    public KvSequence Fork(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        KvSequence fork = _pool.CreateSequence();
        int shared = _pool.PagesFor(length);
        fork.GrowTable(shared);
        _pool.Share(_pages.AsSpan(0, shared));
        for (int i = 0; i < shared; i++)
        {
            fork.Put(i, _pages[i]);
        }

        fork._count = shared;
        fork.Length = length;
        return fork;
    }

    /// <summary>Gives all pages back.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Length = 0;
            ReturnPages(0);
            _table.Dispose();
        }
    }

    /// <summary>Refuses rows that would be written behind the pages, or into a page that others hold.</summary>
    internal void RequireReserved(int rows)
    {
        if (Length + (long)rows > Capacity || IsShared(Length / _pool.PagePositions))
        {
            throw new InvalidOperationException($"{rows} rows behind {Length} positions are not reserved; the capacity is {Capacity}. Reserve first.");
        }
    }

    private bool IsShared(int page) => page < _count && Volatile.Read(ref _pages[page].References) > 1;

    /// <summary>Replaces a shared page by a copy of what this sequence has on it.</summary>
    private bool TryOwn(int index)
    {
        KvPage shared = _pages[index];
        if (_pool.TryTake() is not { } own)
        {
            return false;
        }

        _pool.Copy(shared, own, Length - (index * _pool.PagePositions));
        Put(index, own);
        _pool.Return([shared]);
        return true;
    }

    private void Put(int index, KvPage page)
    {
        _pages[index] = page;
        _table.Data[index] = (nint)page.Memory.Data;
    }

    private void ReturnPages(int kept)
    {
        if (kept < _count)
        {
            _pool.Return(_pages.AsSpan(kept, _count - kept));
            Array.Clear(_pages, kept, _count - kept);
            _count = kept;
        }
    }

    /// <summary>A context length may be no more than a claim, so the table grows with the sequence.</summary>
    private void GrowTable(int pages)
    {
        if (pages <= _pages.Length)
        {
            return;
        }

        int length = Math.Max(pages, 2 * _pages.Length);
        Array.Resize(ref _pages, length);
        AlignedBuffer<nint> table = new(length);
        _table.Span.CopyTo(table.Span);
        _table.Dispose();
        _table = table;
    }
}
