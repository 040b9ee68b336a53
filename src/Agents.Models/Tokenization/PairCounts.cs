using System.Runtime.InteropServices;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// Adjacent pairs of a corpus of counted pieces, kept up to date while pairs are merged: a merge touches only the pieces that hold the pair.
/// </summary>
internal sealed class PairCounts
{
    private readonly List<int[]> _pieces = [];
    private readonly List<int> _lengths = [];
    private readonly List<long> _weights = [];
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
    private readonly HashSet<(int Left, int Right)> _changed = [];

    // Holds old counts too; an entry counts only while it equals the present count.
    private readonly PriorityQueue<(int Left, int Right), (long NegativeCount, int Left, int Right)> _queue = new();

    public PairCounts(Dictionary<string, long> pieces)
    {
        foreach ((string text, long weight) in pieces)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            if (bytes.Length < 2)
            {
                continue;
            }

            int[] ids = Array.ConvertAll(bytes, static value => (int)value);
            int piece = _pieces.Count;
            _pieces.Add(ids);
            _lengths.Add(ids.Length);
            _weights.Add(weight);
            AddPairs(piece, weight);
        }

        QueueChanged();
    }

    /// <summary>Finds the most frequent pair, on a tie the smallest one.</summary>
    public bool TryTakeBest(long minimumCount, out int left, out int right)
    {
        while (_queue.TryDequeue(out (int Left, int Right) pair, out (long NegativeCount, int, int) priority))
        {
            long count = _counts.GetValueOrDefault(pair);
            if (count != -priority.NegativeCount)
            {
                continue;
            }

            (left, right) = pair;
            return count >= minimumCount;
        }

        (left, right) = (-1, -1);
        return false;
    }

    /// <summary>Replaces a pair by one id wherever it occurs, from left to right.</summary>
    public void Merge(int left, int right, int merged)
    {
        if (!_places.Remove((left, right), out HashSet<int>? places))
        {
            return;
        }

        foreach (int piece in places)
        {
            long weight = _weights[piece];
            AddPairs(piece, -weight);
            int[] ids = _pieces[piece];
            int length = _lengths[piece];
            int kept = 0;
            for (int i = 0; i < length; i++)
            {
                bool hit = ids[i] == left && i + 1 < length && ids[i + 1] == right;
                ids[kept++] = hit ? merged : ids[i];
                i += hit ? 1 : 0;
            }

            _lengths[piece] = kept;
            AddPairs(piece, weight);
        }

        QueueChanged();
    }

    private void AddPairs(int piece, long weight)
    {
        ReadOnlySpan<int> ids = _pieces[piece].AsSpan(0, _lengths[piece]);
        for (int i = 0; i + 1 < ids.Length; i++)
        {
            (int, int) pair = (ids[i], ids[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += weight;
            _changed.Add(pair);
            if (weight > 0)
            {
                ref HashSet<int>? places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
                (places ??= []).Add(piece);
            }
        }
    }

    private void QueueChanged()
    {
        foreach ((int Left, int Right) pair in _changed)
        {
            long count = _counts[pair];
            if (count > 0)
            {
                _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
            }
            else
            {
                _counts.Remove(pair);
            }
        }

        _changed.Clear();
    }
}
