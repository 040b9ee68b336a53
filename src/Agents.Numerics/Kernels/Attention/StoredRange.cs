using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// One range of keys and values of one head, read in parts of up to 64 positions. What is not stored as singles is widened: part by part for one tile, so that
/// it stays in the first cache, or the whole range at once when several tiles follow each other.
/// </summary>
internal readonly unsafe struct StoredRange
{
    private const int PartPositions = 64;
    private const int CacheLine = 64;

    private readonly AttentionSegment* _segment;
    private readonly int _keyValueHead;
    private readonly int _first;
    private readonly float* _memory;
    private readonly bool _once;
    private readonly bool _widened;

    /// <summary>Describes a range.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="keyValueHead">Head of keys and values.</param>
    /// <param name="first">First key of the range.</param>
    /// <param name="whole">Whether the memory has room for the whole range.</param>
    /// <param name="memory">[<see cref="Length"/>].</param>
    public StoredRange(AttentionSegment* segment, int keyValueHead, int first, bool whole, float* memory)
    {
        _segment = segment;
        _keyValueHead = keyValueHead;
        _first = first;
        _memory = memory;
        _once = !whole;
        _widened = whole && segment->Layout.Type != ElementType.F32;
    }

    /// <summary>Gets the first key.</summary>
    public int First => _first;

    private float* Values0 => _memory + ((long)AttentionShape.KeyRange * Size);

    private int Size => _segment->Layout.Shape.HeadSize;

    /// <summary>Floats of memory.</summary>
    /// <param name="size">Head size.</param>
    /// <param name="whole">Whether several tiles will read the range.</param>
    public static long Length(int size, bool whole) => (whole ? 2L * AttentionShape.KeyRange : PartPositions) * size;

    /// <summary>Widens the first keys and values, if there is room for all of them.</summary>
    /// <param name="count">Number of keys.</param>
    public void Prepare<TLanes>(int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int part;
        for (int key = 0; _widened && key < count; key += part)
        {
            part = InPage(key, count);
            WideningReader.Keys<TLanes>(_segment, _keyValueHead, _first + key, Blocks(part), _memory + ((long)key * Size));
            WideningReader.Values<TLanes>(_segment, _keyValueHead, _first + key, part, Values0 + ((long)key * Size));
        }
    }

    /// <summary>Number of keys of the part that starts at a key.</summary>
    /// <param name="key">Key within the range, a multiple of 16.</param>
    /// <param name="end">End of the wanted keys.</param>
    public int Part(int key, int end) => _widened ? Math.Min(PartPositions, end - key) : InPage(key, end);

    /// <summary>Keys of a part, [blocks, size, 16].</summary>
    /// <param name="key">Key within the range.</param>
    /// <param name="count">Number of keys, from <see cref="Part"/>.</param>
    public float* Keys<TLanes>(int key, int count)
        where TLanes : unmanaged, ILanes<TLanes> =>
        _widened ? _memory + ((long)key * Size) : WideningReader.Keys<TLanes>(_segment, _keyValueHead, _first + key, Blocks(count), _memory);

    /// <summary>Values of a part, [count, size].</summary>
    /// <param name="key">Key within the range.</param>
    /// <param name="count">Number of keys, from <see cref="Part"/>.</param>
    public float* Values<TLanes>(int key, int count)
        where TLanes : unmanaged, ILanes<TLanes> =>
        _widened ? Values0 + ((long)key * Size) : WideningReader.Values<TLanes>(_segment, _keyValueHead, _first + key, count, _memory);

    /// <summary>Gets whether parts are read as they are stored, in a rounded type.</summary>
    public bool IsRounded => !_widened && _segment->Layout.Type != ElementType.F32;

    /// <summary>Gets the layout of the store.</summary>
    public ref readonly KeyValueLayout Layout => ref _segment->Layout;

    /// <summary>Keys of a part as they are stored.</summary>
    /// <param name="key">Key within the range.</param>
    public byte* StoredKeys(int key) => _segment->PageOf(_first + key) + Layout.KeyBlockOffset(_keyValueHead, PositionInPage(key) / AttentionShape.KeyBlock);

    /// <summary>Values of a part as they are stored.</summary>
    /// <param name="key">Key within the range.</param>
    public byte* StoredValues(int key) => _segment->PageOf(_first + key) + Layout.ValueOffset(_keyValueHead, PositionInPage(key));

    /// <summary>Scales of the values of a part as singles, [count, groups].</summary>
    /// <param name="key">Key within the range.</param>
    /// <param name="count">Number of keys, from <see cref="Part"/>.</param>
    public float* ValueScales<TLanes>(int key, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        byte* stored = _segment->PageOf(_first + key) + Layout.ValueScaleOffset(_keyValueHead, PositionInPage(key));
        WideningReader.WidenHalves<TLanes>((ushort*)stored, (long)count * Layout.Groups, _memory);
        return _memory;
    }

    /// <summary>Asks for the keys of a part, which will be read soon; without keys left, for the first values.</summary>
    /// <remarks>Pages interrupt the streams that processors follow by themselves. Does nothing when several tiles read the range, which then is near.</remarks>
    /// <param name="key">First key of the part.</param>
    /// <param name="end">End of the wanted keys.</param>
    public void PrefetchKeys(int key, int end)
    {
        if (key >= end)
        {
            PrefetchValues(0, end);
        }
        else if (_once)
        {
            Prefetch(StoredKeys(key), Blocks(InPage(key, end)) * Layout.KeyBlockBytes);
        }
    }

    /// <summary>Asks for the values of a part, which will be read soon.</summary>
    /// <param name="key">First key of the part.</param>
    /// <param name="end">End of the wanted keys.</param>
    public void PrefetchValues(int key, int end)
    {
        if (_once && key < end)
        {
            Prefetch(StoredValues(key), (long)InPage(key, end) * Layout.ValueBytes);
        }
    }

    private static void Prefetch(byte* first, long bytes)
    {
        if (Sse.IsSupported)
        {
            for (long at = 0; at < bytes; at += CacheLine)
            {
                Sse.Prefetch1(first + at);
            }
        }
    }

    private static int Blocks(int keys) => (keys + AttentionShape.KeyBlock - 1) / AttentionShape.KeyBlock;

    private int InPage(int key, int end)
    {
        return Math.Min(Math.Min(PartPositions, end - key), _segment->Layout.PagePositions - PositionInPage(key));
    }

    private int PositionInPage(int key) => (int)((uint)(_first + key) % (uint)_segment->Layout.PagePositions);
}
