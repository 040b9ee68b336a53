using System.Buffers;

namespace Agents.Models.Tokenization;

/// <summary>
/// The merge loop of byte-pair encoding: merges the adjacent pair of lowest rank, leftmost first, until no pair has a rank. A heap of candidate
/// pairs over a linked list makes a piece of n ids cost O(n log n), however it is built. Immutable and safe to share.
/// </summary>
public sealed class BytePairMerger
{
    private const int StackLimit = 128;
    private readonly Dictionary<long, int> _rankOfPair;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly int[] _merged;

    /// <summary>Creates a merger.</summary>
    /// <param name="merges">Merges in rank order. A pair that occurs again keeps its first rank.</param>
    public BytePairMerger(IReadOnlyList<TokenMerge> merges)
    {
        ArgumentNullException.ThrowIfNull(merges);
        _rankOfPair = new Dictionary<long, int>(merges.Count);
        _left = new int[merges.Count];
        _right = new int[merges.Count];
        _merged = new int[merges.Count];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (_left[rank], _right[rank], _merged[rank]) = merges[rank];
            _rankOfPair.TryAdd(Key(_left[rank], _right[rank]), rank);
        }
    }

    /// <summary>Merges a piece in place.</summary>
    /// <param name="ids">Ids of the piece; the result replaces its front.</param>
    /// <returns>Number of ids in the result.</returns>
    public int Merge(Span<int> ids) => Merge(ids, out _);

    /// <summary>Merges a piece in place and counts the work.</summary>
    /// <param name="ids">Ids of the piece; the result replaces its front.</param>
    /// <param name="candidates">
    /// Number of candidate pairs that went through the heap, at most 3 per input id: a measure of the work that needs no clock.
    /// </param>
    /// <returns>Number of ids in the result.</returns>
    public int Merge(Span<int> ids, out long candidates)
    {
        candidates = 0;
        if (ids.Length < 2 || _rankOfPair.Count == 0)
        {
            return ids.Length;
        }

        if (ids.Length <= StackLimit)
        {
            return Merge(ids, stackalloc int[ids.Length], stackalloc int[ids.Length], stackalloc ulong[3 * ids.Length], ref candidates);
        }

        int[] next = ArrayPool<int>.Shared.Rent(ids.Length);
        int[] previous = ArrayPool<int>.Shared.Rent(ids.Length);
        ulong[] heap = ArrayPool<ulong>.Shared.Rent(checked(3 * ids.Length));
        try
        {
            return Merge(ids, next, previous, heap, ref candidates);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(next);
            ArrayPool<int>.Shared.Return(previous);
            ArrayPool<ulong>.Shared.Return(heap);
        }
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private int Merge(Span<int> ids, Span<int> next, Span<int> previous, Span<ulong> heap, ref long candidates)
    {
        int length = ids.Length;
        int heapSize = 0;
        for (int i = 0; i < length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
        }

        for (int i = 0; i + 1 < length; i++)
        {
            Push(heap, ref heapSize, ids[i], ids[i + 1], i);
        }

        while (heapSize > 0)
        {
            ulong best = Pop(heap, ref heapSize);
            candidates++;
            int rank = (int)(best >> 32);
            int at = (int)(uint)best;
            int after = next[at];

            // A candidate is stale when one of its halves was merged away since; removed places hold -1 and match no token.
            if (after >= length || ids[at] != _left[rank] || ids[after] != _right[rank])
            {
                continue;
            }

            ids[at] = _merged[rank];
            ids[after] = -1;
            int follower = next[after];
            next[at] = follower;
            if (follower < length)
            {
                previous[follower] = at;
                Push(heap, ref heapSize, ids[at], ids[follower], at);
            }

            int before = previous[at];
            if (before >= 0)
            {
                Push(heap, ref heapSize, ids[before], ids[at], before);
            }
        }

        int count = 0;
        for (int i = 0; i < length; i = next[i])
        {
            ids[count++] = ids[i];
        }

        return count;
    }

    private void Push(Span<ulong> heap, ref int size, int left, int right, int position)
    {
        if (!_rankOfPair.TryGetValue(Key(left, right), out int rank))
        {
            return;
        }

        // Rank above position: the order of the numbers is "lowest rank, then leftmost".
        ulong entry = ((ulong)(uint)rank << 32) | (uint)position;
        int child = size++;
        while (child > 0)
        {
            int parent = (child - 1) >> 1;
            if (heap[parent] <= entry)
            {
                break;
            }

            heap[child] = heap[parent];
            child = parent;
        }

        heap[child] = entry;
    }

    private static ulong Pop(Span<ulong> heap, ref int size)
    {
        ulong top = heap[0];
        ulong last = heap[--size];
        int parent = 0;
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= size)
            {
                break;
            }

            if (child + 1 < size && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= last)
            {
                break;
            }

            heap[parent] = heap[child];
            parent = child;
        }

        if (size > 0)
        {
            heap[parent] = last;
        }

        return top;
    }
}
