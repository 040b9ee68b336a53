namespace Agents.Evaluation.Statistics;

/// <summary>The interval for a difference of two methods on the same questions; whole questions are resampled, never single samples.</summary>
public static class PairedBootstrap
{
    /// <summary>How many times questions are resampled unless told otherwise.</summary>
    public const int DefaultDraws = 10_000;

    /// <summary>Resamples questions and measures how far the mean difference moves.</summary>
    /// <param name="pairs">Scores, at least one; several of one question form its cluster.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="draws">Number of resamplings, at least 100.</param>
    /// <param name="confidence">Level of the interval in (0, 1).</param>
    public static BootstrapResult Compare(IReadOnlyList<PairedScore> pairs, ulong seed, int draws = DefaultDraws, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfZero(pairs.Count, nameof(pairs));
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 100);
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Must lie between 0 and 1.");
        }

        (double[] sums, int[] counts) = Cluster(pairs);
        var differences = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            var stream = new SampleStream(seed, (ulong)draw);
            double sum = 0;
            long count = 0;
            for (int i = 0; i < sums.Length; i++)
            {
                int at = stream.NextInt(sums.Length);
                sum += sums[at];
                count += counts[at];
            }

            differences[draw] = sum / count;
        }

        double mean = differences.Average();
        double variance = differences.Sum(difference => (difference - mean) * (difference - mean)) / (draws - 1);
        Array.Sort(differences);
        double tail = (1 - confidence) / 2;
        var interval = new ConfidenceInterval(Quantiles.OfSorted(differences, tail), Quantiles.OfSorted(differences, 1 - tail), confidence);
        return new BootstrapResult(sums.Sum() / pairs.Count, interval, Math.Sqrt(variance), sums.Length);
    }

    private static (double[] Sums, int[] Counts) Cluster(IReadOnlyList<PairedScore> pairs)
    {
        var indexOf = new Dictionary<string, int>(pairs.Count);
        var sums = new List<double>(pairs.Count);
        var counts = new List<int>(pairs.Count);
        foreach (PairedScore pair in pairs)
        {
            if (!indexOf.TryGetValue(pair.Question, out int at))
            {
                at = sums.Count;
                indexOf.Add(pair.Question, at);
                sums.Add(0);
                counts.Add(0);
            }

            sums[at] += pair.Method - pair.Baseline;
            counts[at]++;
        }

        return ([.. sums], [.. counts]);
    }
}
