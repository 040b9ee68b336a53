namespace Agents;

/// <summary>Finds the known names a misspelt one may stand for, so that an error can offer them.</summary>
public static class NearestNames
{
    /// <summary>Returns the known names with the fewest edits (insert, delete, replace, swap of neighbours), at most three, nearest first.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">All known names.</param>
    /// <returns>Names within a third of the longer length, at least one edit; empty when nothing is near. Case is no difference.</returns>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        return [.. known
            .Select(candidate => (Candidate: candidate, Edits: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.Edits <= Math.Max(1, Math.Max(name.Length, pair.Candidate.Length) / 3))
            .OrderBy(pair => pair.Edits)
            .ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .Take(3)
            .Select(pair => pair.Candidate)];
    }

    /// <summary>Describes the way out for an unknown name: what may have been meant, then all known names.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">All known names.</param>
    /// <returns>For example <c>Did you mean 'vote'? Known: direct, vote.</c></returns>
    public static string Describe(string name, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (known.Count == 0)
        {
            return "None is known.";
        }

        IReadOnlyList<string> nearest = Find(name, known);
        string meant = nearest.Count == 0 ? "" : "Did you mean " + string.Join(" or ", nearest.Select(candidate => $"'{candidate}'")) + "? ";
        return meant + "Known: " + string.Join(", ", known.Order(StringComparer.Ordinal)) + ".";
    }

    /// <summary>Counts the edits between two names (optimal string alignment).</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other name.</param>
    public static int Distance(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        int[] beforePrevious = new int[right.Length + 1];
        int[] previous = [.. Enumerable.Range(0, right.Length + 1)];
        int[] current = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[right.Length];
    }
}
