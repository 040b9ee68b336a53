using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>Unicode normalization form C (UAX 15), which some tokenizers apply to text before they cut it.</summary>
internal static class CanonicalComposition
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TailCount;
    private static readonly HashSet<int> _suspects = FindSuspects();

    /// <summary>Whether a text surely is in form C: it has no character that composing could change or move.</summary>
    public static bool IsComposed(ReadOnlySpan<char> text)
    {
        int at = text.IndexOfAnyExceptInRange('\0', '\u02FF');
        if (at < 0)
        {
            return true;
        }

        foreach (Rune rune in text[at..].EnumerateRunes())
        {
            if (rune.Value > 0x2FF && _suspects.Contains(rune.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Puts a text into form C.</summary>
    public static string Compose(ReadOnlySpan<char> text)
    {
        List<(int Code, byte Class)> codes = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, codes);
        }

        Order(codes);
        StringBuilder composed = new(text.Length);
        foreach ((int code, _) in Join(codes))
        {
            composed.Append(new Rune(code));
        }

        return composed.ToString();
    }

    private static void Decompose(int code, List<(int Code, byte Class)> codes)
    {
        int hangul = code - HangulBase;
        if (hangul is >= 0 and < HangulCount)
        {
            codes.Add((LeadBase + (hangul / (VowelCount * TailCount)), 0));
            codes.Add((VowelBase + (hangul % (VowelCount * TailCount) / TailCount), 0));
            if (hangul % TailCount != 0)
            {
                codes.Add((TailBase + (hangul % TailCount), 0));
            }
        }
        else if (CanonicalTables.Decompositions.TryGetValue(code, out (int First, int Second) parts))
        {
            Decompose(parts.First, codes);
            if (parts.Second != 0)
            {
                Decompose(parts.Second, codes);
            }
        }
        else
        {
            codes.Add((code, CanonicalTables.Classes.GetValueOrDefault(code)));
        }
    }

    /// <summary>Sorts every run of combining marks by class, keeping the order within a class.</summary>
    private static void Order(List<(int Code, byte Class)> codes)
    {
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && codes[end].Class != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                (int Code, byte Class)[] sorted = [.. codes.GetRange(start, end - start).OrderBy(entry => entry.Class)];
                for (int i = 0; i < sorted.Length; i++)
                {
                    codes[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    /// <summary>Joins every starter with the marks behind it that are not blocked.</summary>
    private static List<(int Code, byte Class)> Join(List<(int Code, byte Class)> codes)
    {
        List<(int Code, byte Class)> joined = new(codes.Count);
        int starter = -1;
        foreach ((int code, byte combining) in codes)
        {
            byte before = joined.Count > 0 ? joined[^1].Class : (byte)0;
            bool adjacent = starter == joined.Count - 1;
            bool blocked = !adjacent && (before == 0 || before >= combining);
            if (starter >= 0 && !blocked && Pair(joined[starter].Code, code) is int composite)
            {
                joined[starter] = (composite, 0);
                continue;
            }

            if (combining == 0)
            {
                starter = joined.Count;
            }

            joined.Add((code, combining));
        }

        return joined;
    }

    private static int? Pair(int first, int second)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            return HangulBase + (((lead * VowelCount) + vowel) * TailCount);
        }

        int hangul = first - HangulBase;
        int tail = second - TailBase;
        return hangul is >= 0 and < HangulCount && hangul % TailCount == 0 && tail is > 0 and < TailCount ? first + tail
            : CanonicalTables.Compositions.TryGetValue((first, second), out int composite) ? composite
            : null;
    }

    private static HashSet<int> FindSuspects()
    {
        HashSet<int> suspects = [.. CanonicalTables.Classes.Keys, .. CanonicalTables.Decompositions.Keys];
        suspects.ExceptWith(CanonicalTables.Compositions.Values);
        suspects.UnionWith(CanonicalTables.Compositions.Keys.Select(pair => pair.Second));
        suspects.UnionWith(Enumerable.Range(VowelBase, VowelCount).Concat(Enumerable.Range(TailBase + 1, TailCount - 1)));
        return suspects;
    }
}
