using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Models.Sampling;

/// <content>Loading, sorting and finding only the tokens that matter.</content>
public sealed partial class CandidateSet
{
    /// <summary>Fills the set with the tokens of at least some logit, in id order.</summary>
    /// <param name="logits">[vocabulary]; minus infinity excludes a token.</param>
    /// <param name="least">Smallest logit.</param>
    /// <param name="logSumOfAll">What <see cref="LogSumExp"/> returns until something changes, for a stage that looks at the mass of all tokens; null for that of the loaded ones.</param>
    internal void LoadAtLeast(ReadOnlySpan<float> logits, double least, double? logSumOfAll)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _items.Length);
        Count = 0;
        _descending = false;
        _inIdOrder = true;
        _logSumOfAll = logSumOfAll;
        ref float start = ref MemoryMarshal.GetReference(logits);

        // Rounded down, so that the vector test lets through whatever the exact one has to decide.
        Vector256<float> limit = Vector256.Create(MathF.BitDecrement((float)least));
        int id = 0;
        for (; id + 8 <= logits.Length; id += 8)
        {
            uint hits = Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref start, (nuint)id), limit).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                AddAtLeast(logits, id + BitOperations.TrailingZeroCount(hits), least);
            }
        }

        for (; id < logits.Length; id++)
        {
            AddAtLeast(logits, id, least);
        }
    }

    /// <summary>Fills the set with the most likely tokens, of equal ones those with the smaller ids, in descending order.</summary>
    /// <param name="logits">[vocabulary]; minus infinity excludes a token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <returns>False, with nothing loaded, when the number is so large that partitioning all is as good.</returns>
    internal bool TryLoadLargest(ReadOnlySpan<float> logits, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _items.Length);
        if (count > logits.Length / 8)
        {
            return false;
        }

        Count = 0;
        _descending = false;
        _inIdOrder = false;
        _logSumOfAll = null;
        int id = 0;
        for (; id < logits.Length && Count < count; id++)
        {
            if (!float.IsNegativeInfinity(logits[id]))
            {
                _items[Count++] = new Candidate(logits[id], id);
            }
        }

        // A heap with the worst of the best on top; ids rise, so an equal logit never displaces one.
        for (int parent = (Count / 2) - 1; parent >= 0; parent--)
        {
            Sink(parent);
        }

        ref float start = ref MemoryMarshal.GetReference(logits);
        while (id < logits.Length)
        {
            if (id + 8 <= logits.Length
                && !Vector256.GreaterThanAny(Vector256.LoadUnsafe(ref start, (nuint)id), Vector256.Create((float)_items[0].Logit)))
            {
                id += 8;
                continue;
            }

            for (int end = Math.Min(logits.Length, id + 8); id < end; id++)
            {
                if (logits[id] > _items[0].Logit)
                {
                    _items[0] = new Candidate(logits[id], id);
                    Sink(0);
                }
            }
        }

        SortDescending();
        return true;
    }

    /// <summary>Extends a sorted front: candidates before <paramref name="from"/> are the most likely ones already, those up to <paramref name="end"/> become the next ones.</summary>
    internal void SortLargest(int from, int end)
    {
        SelectLargest(from, end);
        Items[from..end].Sort();
        _inIdOrder = false;
        _descending = end == Count;
    }

    /// <summary>Finds a token; −1 when it is no candidate. Fast while the set is in id order.</summary>
    internal int IndexOf(int id)
    {
        int low = 0;
        int high = Count - 1;
        while (_inIdOrder && low <= high)
        {
            int middle = low + ((high - low) / 2);
            int found = _items[middle].Id;
            if (found == id)
            {
                return middle;
            }

            (low, high) = found < id ? (middle + 1, high) : (low, middle - 1);
        }

        for (int i = 0; i < Count && !_inIdOrder; i++)
        {
            if (_items[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Restores the heap below an entry.</summary>
    private void Sink(int parent)
    {
        Candidate sinking = _items[parent];
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1] > _items[child])
            {
                child++;
            }

            if (_items[child] <= sinking)
            {
                break;
            }

            _items[parent] = _items[child];
            parent = child;
        }

        _items[parent] = sinking;
    }

    private void AddAtLeast(ReadOnlySpan<float> logits, int id, double least)
    {
        if (logits[id] >= least && !float.IsNegativeInfinity(logits[id]))
        {
            _items[Count++] = new Candidate(logits[id], id);
        }
    }
}
