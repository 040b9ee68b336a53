using System.Globalization;
using Agents.Models.Cache;
using Agents.Numerics.Kernels;

namespace Agents.Models.Serving;

/// <summary>The keys and values of all sequences of one model, counted in pages against one limit. Not safe for concurrent calls.</summary>
internal sealed class SequenceMemory
{
    /// <summary>Positions per page.</summary>
    public const int PageLength = AttentionShape.KeyBlock;

    private readonly ModelShape _shape;

    public SequenceMemory(ModelShape shape, long maximumBytes)
    {
        _shape = shape;
        long perPosition = shape.Layers.Sum(layer => 2L * layer.KeyValueWidth * sizeof(float));
        PageBytes = Math.Max(1, perPosition * PageLength);
        PageCapacity = Math.Max(1, maximumBytes / PageBytes);
    }

    public long PageBytes { get; }

    public long PageCapacity { get; }

    public long PagesUsed { get; private set; }

    public long PagesFree => PageCapacity - PagesUsed;

    public static long PagesOf(long positions) => (positions + PageLength - 1) / PageLength;

    /// <summary>Refuses a sequence that does not fit even when it is alone.</summary>
    /// <exception cref="CacheTooSmallException">It needs more pages than there are.</exception>
    public void RequireRoom(int positions)
    {
        if (PagesOf(positions) + 1 > PageCapacity)
        {
            throw TooSmall(positions);
        }
    }

    public CacheTooSmallException TooSmall(int positions) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"A sequence of {positions} tokens (prompt and answer) needs {PagesOf(positions) + 1} cache pages of {PageLength} tokens and {PageBytes} bytes; the model may hold {PageCapacity}. Shorten the prompt, lower the limit of tokens, or raise {nameof(Decoder.DecoderModelOptions.MaximumCacheBytes)} to at least {(PagesOf(positions) + 1) * PageBytes}."));

    /// <summary>Starts an empty sequence.</summary>
    public KvCache<float> Create() => new(_shape, 0);

    /// <summary>Starts a sequence with the first positions of another one; null when there is no room for it.</summary>
    public KvCache<float>? TryFork(KvCache<float> source, int length)
    {
        KvCache<float> cache = Create();
        if (!TryReserve(cache, length))
        {
            return null;
        }

        cache.CopyPrefixFrom(source, length);
        return cache;
    }

    /// <summary>Makes room for positions; false when the limit stands against it.</summary>
    public bool TryReserve(KvCache<float> cache, int positions)
    {
        if (positions <= cache.Capacity)
        {
            return true;
        }

        long capacity = PagesOf(Math.Max(positions, Math.Min(2L * cache.Capacity, cache.ContextLength)));
        long more = capacity - PagesOf(cache.Capacity);
        if (more > PagesFree)
        {
            return false;
        }

        cache.Reserve(positions);
        PagesUsed += more;
        return true;
    }

    /// <summary>Gives the pages of a sequence back.</summary>
    public void Release(KvCache<float> cache)
    {
        PagesUsed -= PagesOf(cache.Capacity);
        cache.Dispose();
    }
}
