using System.Buffers;

namespace Agents.Models.Tokenization;

/// <summary>
/// The merge loop of SentencePiece BPE: of all adjacent pieces whose concatenation is a token, those of the best score merge first, the leftmost of
/// equals. A heap of candidates over a linked list makes a text of n characters cost O(n log n), however it is built. Immutable and safe to share.
/// </summary>
internal sealed class ScoreMerger
{
    private readonly SentencePieceVocabulary _vocabulary;
    private readonly int[] _rankOfId;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="scores">Score by id; higher merges earlier.</param>
    public ScoreMerger(SentencePieceVocabulary vocabulary, IReadOnlyList<float> scores)
    {
        _vocabulary = vocabulary;
        _rankOfId = new int[scores.Count];
        int[] order = [.. Enumerable.Range(0, scores.Count).OrderByDescending(id => scores[id])];
        for (int i = 0, rank = 0; i < order.Length; i++)
        {
            // Equal scores share a rank, so that among them the place decides.
            rank += i > 0 && scores[order[i]] != scores[order[i - 1]] ? 1 : 0;
            _rankOfId[order[i]] = rank;
        }
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">Text with U+2581 for spaces and paired surrogates.</param>
    /// <param name="destination">Receives the ids.</param>
    public void Encode(ReadOnlySpan<char> text, List<int> destination)
    {
        int[] next = ArrayPool<int>.Shared.Rent(text.Length + 1);
        int[] previous = ArrayPool<int>.Shared.Rent(text.Length + 1);
        Candidate[] heap = ArrayPool<Candidate>.Shared.Rent(checked(3 * (text.Length + 1)));
        try
        {
            Merge(text, next, previous, heap);
            for (int at = 0; at < text.Length; at = next[at])
            {
                ReadOnlySpan<char> piece = text[at..next[at]];
                if (_vocabulary.Ordinary.TryGetValue(piece, out int id))
                {
                    destination.Add(id);
                }
                else
                {
                    // Only single characters can be outside the vocabulary: everything merged is a token.
                    _vocabulary.AppendFallback(piece, destination);
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(next);
            ArrayPool<int>.Shared.Return(previous);
            ArrayPool<Candidate>.Shared.Return(heap);
        }
    }

    /// <summary>Merges; afterwards <paramref name="next"/> holds the end of the piece that starts at an index.</summary>
    private void Merge(ReadOnlySpan<char> text, Span<int> next, Span<int> previous, Span<Candidate> heap)
    {
        int size = 0;
        int last = -1;
        for (int at = 0; at < text.Length;)
        {
            int end = at + (char.IsHighSurrogate(text[at]) ? 2 : 1);
            next[at] = end;
            previous[at] = last;
            last = at;
            at = end;
        }

        for (int at = 0; at < text.Length; at = next[at])
        {
            Push(text, next, heap, ref size, at);
        }

        while (size > 0)
        {
            Candidate best = Pop(heap, ref size);
            int at = (int)(uint)best.Key;
            int middle = next[at];

            // A candidate is stale when one of its halves was merged since: merged-away pieces have no end, and grown ones another.
            if (middle < 0 || middle >= text.Length || next[middle] != at + best.Length)
            {
                continue;
            }

            int end = next[middle];
            next[at] = end;
            next[middle] = -1;
            if (end < text.Length)
            {
                previous[end] = at;
                Push(text, next, heap, ref size, at);
            }

            if (previous[at] >= 0)
            {
                Push(text, next, heap, ref size, previous[at]);
            }
        }
    }

    private void Push(ReadOnlySpan<char> text, Span<int> next, Span<Candidate> heap, ref int size, int at)
    {
        int middle = next[at];
        if (middle >= text.Length || !_vocabulary.Ordinary.TryGetValue(text[at..next[middle]], out int id))
        {
            return;
        }

        Candidate entry = new(((ulong)(uint)_rankOfId[id] << 32) | (uint)at, next[middle] - at);
        int child = size++;
        while (child > 0)
        {
            int parent = (child - 1) >> 1;
            if (heap[parent].Key <= entry.Key)
            {
                break;
            }

            heap[child] = heap[parent];
            child = parent;
        }

        heap[child] = entry;
    }

    private static Candidate Pop(Span<Candidate> heap, ref int size)
    {
        Candidate top = heap[0];
        Candidate last = heap[--size];
        int parent = 0;
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= size)
            {
                break;
            }

            if (child + 1 < size && heap[child + 1].Key < heap[child].Key)
            {
                child++;
            }

            if (heap[child].Key >= last.Key)
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

    /// <param name="Key">Rank above place: the order of the numbers is "best score, then leftmost".</param>
    /// <param name="Length">UTF-16 length of both pieces together.</param>
    private readonly record struct Candidate(ulong Key, int Length);
}
