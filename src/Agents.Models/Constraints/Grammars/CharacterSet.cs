using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Agents.Models.Constraints.Grammars;

/// <summary>A set of Unicode scalar values (surrogates are no characters). Immutable.</summary>
internal sealed class CharacterSet
{
    private const int Largest = 0x10FFFF;
    private static readonly ConcurrentDictionary<UnicodeCategory, CharacterSet> _categories = [];

    private readonly Lazy<Utf8Automaton> _automaton;

    private CharacterSet(ImmutableArray<(int First, int Last)> ranges)
    {
        Ranges = ranges;
        _automaton = new Lazy<Utf8Automaton>(() => new Utf8Automaton(this));
    }

    /// <summary>Gets every character.</summary>
    public static CharacterSet All { get; } = Of((0, Largest));

    public static CharacterSet None { get; } = Of();

    /// <summary>Gets the ranges, ascending, without gaps of zero between them.</summary>
    public ImmutableArray<(int First, int Last)> Ranges { get; }

    /// <summary>Gets the byte edges of one character.</summary>
    public Utf8Automaton Automaton => _automaton.Value;

    public bool IsEmpty => Ranges.IsEmpty;

    public static CharacterSet Of(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> sorted = [];
        foreach ((int first, int last) in ranges)
        {
            // The surrogates are cut out of every range.
            Append(sorted, first, Math.Min(last, 0xD7FF));
            Append(sorted, Math.Max(first, 0xE000), last);
        }

        sorted.Sort();
        List<(int First, int Last)> joined = [];
        foreach ((int first, int last) in sorted)
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
            {
                joined[^1] = (joined[^1].First, Math.Max(last, joined[^1].Last));
            }
            else
            {
                joined.Add((first, last));
            }
        }

        return new CharacterSet([.. joined]);
    }

    public static CharacterSet OfText(string characters) =>
        Of([.. characters.EnumerateRunes().Select(rune => (rune.Value, rune.Value))]);

    /// <summary>All characters of a general category.</summary>
    public static CharacterSet OfCategory(UnicodeCategory category) => _categories.GetOrAdd(category, static wanted =>
    {
        List<(int, int)> ranges = [];
        int start = -1;
        for (int value = 0; value <= Largest + 1; value++)
        {
            bool inside = value <= Largest && CharUnicodeInfo.GetUnicodeCategory(value) == wanted;
            if (inside && start < 0)
            {
                start = value;
            }
            else if (!inside && start >= 0)
            {
                ranges.Add((start, value - 1));
                start = -1;
            }
        }

        return Of([.. ranges]);
    });

    public CharacterSet Union(CharacterSet other) => Of([.. Ranges, .. other.Ranges]);

    /// <summary>The union of many sets in one go; one after the other would take time and memory with the square of their number.</summary>
    public static CharacterSet UnionOf(IReadOnlyCollection<CharacterSet> sets)
    {
        if (sets.Count == 1)
        {
            return sets.First();
        }

        List<(int First, int Last)> ranges = new(sets.Sum(set => set.Ranges.Length));
        foreach (CharacterSet set in sets)
        {
            ranges.AddRange(set.Ranges);
        }

        return Of(CollectionsMarshal.AsSpan(ranges));
    }

    public CharacterSet Except(CharacterSet other) => other.Union(Complement()).Complement();

    public CharacterSet Intersect(CharacterSet other) => Complement().Union(other.Complement()).Complement();

    public CharacterSet Complement()
    {
        List<(int, int)> ranges = [];
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            Append(ranges, next, first - 1);
            next = last + 1;
        }

        Append(ranges, next, Largest);
        return Of([.. ranges]);
    }

    public bool Contains(int value)
    {
        foreach ((int first, int last) in Ranges)
        {
            if (value >= first && value <= last)
            {
                return true;
            }
        }

        return false;
    }

    private static void Append(List<(int First, int Last)> ranges, int first, int last)
    {
        if (first <= last)
        {
            ranges.Add((first, last));
        }
    }
}
