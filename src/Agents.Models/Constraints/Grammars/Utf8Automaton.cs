using System.Text;

namespace Agents.Models.Constraints.Grammars;

/// <summary>
/// The byte edges of a set of characters. Ranges of characters are split where the length in UTF-8 changes and where a leading byte does not cover all of its
/// continuations; equal endings share their states. Immutable; made once per set and then copied into grammars.
/// </summary>
internal sealed class Utf8Automaton
{
    /// <summary>Target of edges that end the character.</summary>
    private const int Through = -1;

    private readonly List<List<(byte First, byte Last, int Target)>> _inner = [];
    private readonly List<(byte First, byte Last, int Target)> _first;

    public Utf8Automaton(CharacterSet set)
    {
        List<(byte First, byte Last)[]> sequences = [];
        foreach ((int first, int last) in set.Ranges)
        {
            Split(first, last, sequences);
        }

        _first = Branches(sequences, 0, new Dictionary<string, int>(StringComparer.Ordinal));
    }

    /// <summary>Adds the edges of one character between two states.</summary>
    public void AddTo(GrammarBuilder builder, int from, int to)
    {
        int start = 0;
        for (int i = 0; i < _inner.Count; i++)
        {
            int added = builder.AddState();
            start = i == 0 ? added : start;
        }

        Add(builder, from, _first, start, to);
        for (int i = 0; i < _inner.Count; i++)
        {
            Add(builder, start + i, _inner[i], start, to);
        }
    }

    private static void Add(GrammarBuilder builder, int from, List<(byte First, byte Last, int Target)> branches, int start, int to)
    {
        foreach ((byte first, byte last, int target) in branches)
        {
            builder.AddBytes(from, first, last, target == Through ? to : start + target);
        }
    }

    /// <summary>Byte ranges at one position, each with the inner state behind it. Sequences that begin alike lie next to each other.</summary>
    private List<(byte First, byte Last, int Target)> Branches(List<(byte First, byte Last)[]> sequences, int at, Dictionary<string, int> known)
    {
        List<(byte First, byte Last, int Target)> branches = [];
        int start = 0;
        while (start < sequences.Count)
        {
            (byte First, byte Last) range = sequences[start][at];
            int end = start + 1;
            while (end < sequences.Count && sequences[end].Length == sequences[start].Length && sequences[end][at] == range)
            {
                end++;
            }

            int target = Through;
            if (sequences[start].Length > at + 1)
            {
                List<(byte First, byte Last, int Target)> below = Branches(sequences[start..end], at + 1, known);
                string key = string.Join(' ', below);
                if (!known.TryGetValue(key, out target))
                {
                    target = _inner.Count;
                    _inner.Add(below);
                    known.Add(key, target);
                }
            }

            branches.Add((range.First, range.Last, target));
            start = end;
        }

        return branches;
    }

    private static void Split(int first, int last, List<(byte First, byte Last)[]> sequences)
    {
        foreach (int limit in (ReadOnlySpan<int>)[0x7F, 0x7FF, 0xFFFF])
        {
            if (first <= limit && limit < last)
            {
                Split(first, limit, sequences);
                Split(limit + 1, last, sequences);
                return;
            }
        }

        int length = new Rune(first).Utf8SequenceLength;
        for (int bits = 6; bits < 6 * length; bits += 6)
        {
            int mask = (1 << bits) - 1;
            if ((first & ~mask) == (last & ~mask))
            {
                continue;
            }

            if ((first & mask) != 0)
            {
                Split(first, first | mask, sequences);
                Split((first | mask) + 1, last, sequences);
                return;
            }

            if ((last & mask) != mask)
            {
                Split(first, (last & ~mask) - 1, sequences);
                Split(last & ~mask, last, sequences);
                return;
            }
        }

        Span<byte> low = stackalloc byte[4];
        Span<byte> high = stackalloc byte[4];
        new Rune(first).EncodeToUtf8(low);
        new Rune(last).EncodeToUtf8(high);
        var sequence = new (byte, byte)[length];
        for (int i = 0; i < length; i++)
        {
            sequence[i] = (low[i], high[i]);
        }

        sequences.Add(sequence);
    }
}
