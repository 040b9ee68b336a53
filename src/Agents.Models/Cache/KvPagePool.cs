using System.Collections.Immutable;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;

namespace Agents.Models.Cache;

/// <summary>
/// Memory for the keys and values of many sequences of one model, in pages of a fixed number of positions of all layers. Pages are allocated when first needed
/// and used again when given back. Safe for concurrent calls; its sequences are not.
/// </summary>
public sealed unsafe class KvPagePool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<KvPage> _idle = new();
    private readonly long[] _offsets;
    private int _inUse;
    private int _allocated;
    private bool _disposed;

    /// <summary>Creates a pool; no page is allocated yet.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the limit is less than one page; the message tells the size of a page.</exception>
    public KvPagePool(ModelShape shape, KvCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        options ??= new KvCacheOptions();
        options.Validate();
        Shape = shape;
        Type = options.Type;
        PagePositions = options.PagePositions;
        Layouts = [.. shape.Layers.Select(layer =>
            new KeyValueLayout(new AttentionShape(layer.Heads, layer.KeyValueHeads, layer.HeadSize), options.Type, options.PagePositions))];
        _offsets = new long[Layouts.Length];
        for (int layer = 0; layer < Layouts.Length; layer++)
        {
            _offsets[layer] = PageBytes;
            PageBytes = checked(PageBytes + Layouts[layer].Bytes);
        }

        long bytes = options.MaximumBytes ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
        long pages = Math.Min(bytes / Math.Max(1, PageBytes), (options.MaximumPositions ?? long.MaxValue) / PagePositions);
        MaximumPages = (int)Math.Min(pages, int.MaxValue / PagePositions);
        if (MaximumPages == 0)
        {
            throw new ArgumentException(
                $"The key/value cache may hold {bytes} bytes and {options.MaximumPositions ?? long.MaxValue} positions, but one page of {PagePositions} positions takes {PageBytes} bytes; raise the limit or choose smaller pages.",
                nameof(options));
        }
    }

    /// <summary>Gets the architecture and sizes of the model.</summary>
    public ModelShape Shape { get; }

    /// <summary>Gets how keys and values are stored.</summary>
    public ElementType Type { get; }

    /// <summary>Gets the positions per page.</summary>
    public int PagePositions { get; }

    /// <summary>Gets the bytes of a page.</summary>
    public long PageBytes { get; }

    /// <summary>Gets the most pages that may be in use.</summary>
    public int MaximumPages { get; }

    /// <summary>Gets the number of pages that sequences hold; a shared page counts once.</summary>
    public int PagesInUse
    {
        get
        {
            lock (_lock)
            {
                return _inUse;
            }
        }
    }

    /// <summary>Gets the number of pages that may still be taken.</summary>
    public int FreePages => MaximumPages - PagesInUse;

    /// <summary>Gets the bytes of all pages that exist, in use or idle.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _allocated * PageBytes;
            }
        }
    }

    /// <summary>Gets the layout of each layer within a page.</summary>
    internal ImmutableArray<KeyValueLayout> Layouts { get; }

    /// <summary>Number of pages that some positions need.</summary>
    /// <param name="positions">Number of positions from 0 on.</param>
    public int PagesFor(int positions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        return (int)(((long)positions + PagePositions - 1) / PagePositions);
    }

    /// <summary>Creates an empty sequence, which holds no page yet.</summary>
    /// <returns>The sequence; the caller disposes it, which gives its pages back.</returns>
    public KvSequence CreateSequence()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new KvSequence(this);
    }

    /// <summary>Frees the memory of pages that nobody uses.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out KvPage? page))
            {
                Free(page);
            }
        }
    }

    /// <summary>Frees idle pages now and the others as soon as their sequences give them back.</summary>
    public void Dispose()
    {
        _disposed = true;
        Trim();
    }

    /// <summary>Byte offset of a layer in every page.</summary>
    internal long OffsetOf(int layer) => _offsets[layer];

    /// <summary>Takes a page for one sequence; null when the limit is reached. The contents are arbitrary.</summary>
    internal KvPage? TryTake()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_lock)
        {
            if (_inUse == MaximumPages)
            {
                return null;
            }

            if (!_idle.TryPop(out KvPage? page))
            {
                page = new KvPage(PageBytes);
                _allocated++;
            }

            page.References = 1;
            _inUse++;
            return page;
        }
    }

    /// <summary>Lets one more sequence hold some pages.</summary>
    internal void Share(ReadOnlySpan<KvPage> pages)
    {
        lock (_lock)
        {
            foreach (KvPage page in pages)
            {
                page.References++;
            }
        }
    }

    /// <summary>Lets one sequence less hold some pages.</summary>
    internal void Return(ReadOnlySpan<KvPage> pages)
    {
        lock (_lock)
        {
            foreach (KvPage page in pages)
            {
                page.References--;
                if (page.References > 0)
                {
                    continue;
                }

                _inUse--;
                if (_disposed)
                {
                    Free(page);
                }
                else
                {
                    _idle.Push(page);
                }
            }
        }
    }

    /// <summary>Copies the first positions of all layers.</summary>
    internal void Copy(KvPage source, KvPage target, int positions)
    {
        for (int layer = 0; layer < Layouts.Length; layer++)
        {
            Layouts[layer].Copy(source.Memory.Data + _offsets[layer], target.Memory.Data + _offsets[layer], positions);
        }
    }

    private void Free(KvPage page)
    {
        page.Dispose();
        _allocated--;
    }
}
