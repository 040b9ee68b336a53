namespace Agents.Plugins.VerbalizedSampling.Diversity;

/// <summary>Diversity by words (papers/51 §2.6), within the answers to one prompt. Words are what blanks separate, without regard to case.</summary>
public static class LexicalDiversity
{
    /// <summary>Returns distinct-n: different n-grams divided by all n-grams of all texts; 0 without any.</summary>
    /// <param name="texts">The answers.</param>
    /// <param name="n">Words per n-gram, at least 1.</param>
    public static double Distinct(IReadOnlyList<string> texts, int n)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        string[] grams = [.. texts.Select(Words).SelectMany(words => Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => string.Join(' ', words[i..(i + n)])))];
        return grams.Length == 0 ? 0 : (double)grams.Distinct(StringComparer.Ordinal).Count() / grams.Length;
    }

    /// <summary>Returns 1 − mean pairwise ROUGE-L (F1 of the longest common subsequence of words).</summary>
    /// <param name="texts">The answers, at least two.</param>
    /// <exception cref="ArgumentException">There are fewer than two texts.</exception>
    public static double OneMinusRougeL(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count < 2)
        {
            throw new ArgumentException($"Diversity needs at least two answers, there {(texts.Count == 1 ? "is one" : "are none")}.", nameof(texts));
        }

        string[][] words = [.. texts.Select(Words)];
        double sum = 0;
        for (int i = 0; i < words.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                sum += RougeL(words[i], words[j]);
            }
        }

        return 1 - (sum / (words.Length * (words.Length - 1) / 2.0));
    }

    // F1 with precision c/|left| and recall c/|right| is 2c / (|left| + |right|).
    private static double RougeL(string[] left, string[] right) =>
        left.Length + right.Length == 0 ? 1 : 2.0 * CommonSubsequence(left, right) / (left.Length + right.Length);

    private static int CommonSubsequence(string[] left, string[] right)
    {
        int[] previous = new int[right.Length + 1];
        int[] current = new int[right.Length + 1];
        foreach (string word in left)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                current[j] = word == right[j - 1] ? previous[j - 1] + 1 : Math.Max(previous[j], current[j - 1]);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }

    private static string[] Words(string text) => text.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
