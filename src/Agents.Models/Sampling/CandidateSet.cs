using System.Numerics;

namespace Agents.Models.Sampling;

/// <summary>
/// The tokens that may still be drawn, with their logits in double. Reused for every draw: after the buffers exist nothing is allocated.
/// Starts in id order with every token; stages remove candidates and may change the order.
/// </summary>
public sealed partial class CandidateSet
{
    private static readonly Comparison<Candidate> ById = static (left, right) => left.Id.CompareTo(right.Id);

    private readonly Candidate[] _items;
    private readonly Candidate[] _scratch;
    private bool _descending;
    private bool _inIdOrder;
    private double? _logSumOfAll;

    /// <summary>Allocates for a vocabulary.</summary>
    /// <param name="vocabularySize">Number of token ids.</param>
    public CandidateSet(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        _items = new Candidate[vocabularySize];
        _scratch = new Candidate[vocabularySize];
    }

    /// <summary>Gets the candidates.</summary>
    public Span<Candidate> Items => _items.AsSpan(0, Count);

    /// <summary>Gets the number of candidates, at least 1 once loaded.</summary>
    public int Count { get; private set; }

    /// <summary>Gets room for one entry per candidate, which stages may use while they run.</summary>
    internal Span<Candidate> Scratch => _scratch.AsSpan(0, Count);

    /// <summary>Fills the set with every token of finite logit, in id order.</summary>
    /// <param name="logits">[vocabulary]; minus infinity excludes a token.</param>
    public void Load(ReadOnlySpan<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _items.Length);
        Count = 0;
        _descending = false;
        _inIdOrder = true;
        _logSumOfAll = null;
        for (int id = 0; id < logits.Length; id++)
        {
            if (!float.IsNegativeInfinity(logits[id]))
            {
                _items[Count++] = new Candidate(logits[id], id);
            }
        }
    }

    /// <summary>Fills the set with every allowed token of finite logit, in id order; the set may stay empty.</summary>
    /// <param name="logits">[vocabulary]; minus infinity excludes a token.</param>
    /// <param name="allowed">One bit per token id: bit (id mod 32) of element id / 32.</param>
    public void Load(ReadOnlySpan<float> logits, ReadOnlySpan<uint> allowed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _items.Length);
        Count = 0;
        _descending = false;
        _inIdOrder = true;
        _logSumOfAll = null;
        int words = (logits.Length + 31) / 32;
        for (int word = 0; word < words; word++)
        {
            for (uint bits = allowed[word]; bits != 0; bits &= bits - 1)
            {
                int id = (word * 32) + BitOperations.TrailingZeroCount(bits);
                if (id < logits.Length && !float.IsNegativeInfinity(logits[id]))
                {
                    _items[Count++] = new Candidate(logits[id], id);
                }
            }
        }
    }

    /// <summary>Removes the candidates that are not allowed; the set may become empty. Keeps the order.</summary>
    /// <param name="allowed">One bit per token id: bit (id mod 32) of element id / 32.</param>
    public void KeepAllowed(ReadOnlySpan<uint> allowed)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            int id = _items[i].Id;
            if ((allowed[id / 32] >> (id % 32) & 1) != 0)
            {
                _items[kept++] = _items[i];
            }
        }

        Count = kept;
    }

    /// <summary>Puts the most likely candidates first.</summary>
    public void SortDescending()
    {
        if (!_descending)
        {
            Items.Sort();
            _descending = true;
            _inIdOrder = false;
        }
    }

    /// <summary>Puts the candidates in id order.</summary>
    public void SortById()
    {
        Items.Sort(ById);
        _descending = false;
        _inIdOrder = true;
    }

    /// <summary>Keeps the first candidates of the present order.</summary>
    /// <param name="count">Number to keep, at least 1.</param>
    public void Keep(int count)
    {
        _logSumOfAll = null;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = Math.Min(Count, count);
    }

    /// <summary>Keeps the most likely candidates, in unspecified order; of equally likely ones those with the smaller ids. Linear in the vocabulary on average.</summary>
    /// <param name="count">Number to keep, at least 1.</param>
    public void KeepLargest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        SelectLargest(0, count);
        Keep(count);
        _descending = false;
        _inIdOrder = false;
    }

    /// <summary>Keeps the candidates of at least some logit; the most likely one always stays.</summary>
    /// <param name="least">Smallest logit that stays.</param>
    public void KeepAtLeast(double least)
    {
        _logSumOfAll = null;
        double limit = Math.Min(least, Maximum());
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_items[i].Logit >= limit)
            {
                _items[kept++] = _items[i];
            }
        }

        Count = kept;
    }

    /// <summary>Keeps the candidates at the given indices, in that order.</summary>
    /// <param name="chosen">Entries of <see cref="Scratch"/> whose ids are indices into <see cref="Items"/>.</param>
    internal void KeepIndices(Span<Candidate> chosen)
    {
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = _items[chosen[i].Id];
        }

        _logSumOfAll = null;
        chosen.CopyTo(_items);
        Count = chosen.Length;
        _descending = false;
        _inIdOrder = false;
    }

    /// <summary>Replaces the logit of a candidate.</summary>
    /// <param name="index">Index in the present order.</param>
    /// <param name="logit">New logit.</param>
    public void SetLogit(int index, double logit)
    {
        _logSumOfAll = null;
        Items[index] = _items[index] with { Logit = logit };
        _descending = false;
    }

    /// <summary>Multiplies all logits by a positive number, which keeps their order.</summary>
    /// <param name="factor">The factor.</param>
    public void Scale(double factor)
    {
        _logSumOfAll = null;
        foreach (ref Candidate item in Items)
        {
            item = item with { Logit = item.Logit * factor };
        }
    }

    /// <summary>Returns the largest logit.</summary>
    public double Maximum()
    {
        double maximum = double.NegativeInfinity;
        foreach (Candidate item in Items)
        {
            maximum = Math.Max(maximum, item.Logit);
        }

        return maximum;
    }

    /// <summary>Returns ln Σ exp(logit · factor) over the candidates.</summary>
    /// <param name="factor">Inverse temperature.</param>
    public double LogSumExp(double factor = 1)
    {
        if (factor == 1 && _logSumOfAll is double known)
        {
            return known;
        }

        double maximum = Maximum();
        double sum = 0;
        foreach (Candidate item in Items)
        {
            sum += Math.Exp((item.Logit - maximum) * factor);
        }

        return (maximum * factor) + Math.Log(sum);
    }

    /// <summary>Moves the most likely candidates of a range to its front.</summary>
    private void SelectLargest(int from, int count)
    {
        int low = from;
        int high = Count - 1;
        while (count < Count && low < high)
        {
            int split = Partition(low, high);
            if (split >= count)
            {
                high = split - 1;
            }
            else
            {
                low = split + 1;
            }
        }
    }

    /// <summary>Puts what comes before the middle candidate of three to its left and the rest to its right.</summary>
    /// <returns>Where that candidate landed.</returns>
    private int Partition(int low, int high)
    {
        int middle = low + ((high - low) / 2);
        if (_items[middle] < _items[low])
        {
            Swap(middle, low);
        }

        if (_items[high] < _items[low])
        {
            Swap(high, low);
        }

        if (_items[middle] < _items[high])
        {
            Swap(middle, high);
        }

        Candidate pivot = _items[high];
        int split = low;
        for (int i = low; i < high; i++)
        {
            if (_items[i] < pivot)
            {
                Swap(i, split++);
            }
        }

        Swap(split, high);
        return split;
    }

    private void Swap(int left, int right) => (_items[left], _items[right]) = (_items[right], _items[left]);
}
