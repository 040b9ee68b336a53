namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>How different texts are, by their words.</summary>
internal static class CandidateDiversity
{
    /// <summary>Returns the mean of 1 − cosine over all pairs of word counts; 0 for fewer than two texts.</summary>
    /// <param name="texts">The texts.</param>
    public static double MeanDistance(IReadOnlyList<string> texts)
    {
        Dictionary<string, int>[] counts = [.. texts.Select(Count)];
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            for (int j = i + 1; j < counts.Length; j++)
            {
                sum += 1 - Cosine(counts[i], counts[j]);
                pairs++;
            }
        }

        return pairs == 0 ? 0 : sum / pairs;
    }

    private static Dictionary<string, int> Count(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).GroupBy(word => word, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    private static double Cosine(Dictionary<string, int> left, Dictionary<string, int> right)
    {
        double product = left.Sum(pair => (double)pair.Value * right.GetValueOrDefault(pair.Key));
        double norms = Math.Sqrt(left.Values.Sum(value => (double)value * value)) * Math.Sqrt(right.Values.Sum(value => (double)value * value));
        return norms == 0 ? (left.Count == right.Count ? 1 : 0) : product / norms;
    }
}
