using System.Collections.Concurrent;

namespace Agents.Models.Tokenization;

/// <summary>
/// Remembers the ids of short pieces, because natural text repeats them. Holds at most a fixed number of entries and then takes no more, so
/// hostile text cannot make it grow. Safe for concurrent use.
/// </summary>
internal sealed class PieceCache
{
    private const int MaximumPieceLength = 32;
    private readonly ConcurrentDictionary<string, int[]> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _capacity;
    private int _count;

    public PieceCache(int capacity)
    {
        _capacity = capacity;
        _lookup = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(ReadOnlySpan<char> piece, out int[] ids)
    {
        if (piece.Length <= MaximumPieceLength && _lookup.TryGetValue(piece, out int[]? found))
        {
            ids = found;
            return true;
        }

        ids = [];
        return false;
    }

    public void Add(ReadOnlySpan<char> piece, ReadOnlySpan<int> ids)
    {
        if (piece.Length > MaximumPieceLength || Count >= _capacity)
        {
            return;
        }

        // Counting before adding keeps the bound under concurrency; a lost race gives its place back.
        if (Interlocked.Increment(ref _count) > _capacity || !_lookup.TryAdd(piece, ids.ToArray()))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
