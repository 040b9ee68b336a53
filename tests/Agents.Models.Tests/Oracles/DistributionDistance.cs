namespace Agents.Models.Tests.Oracles;

/// <summary>How far two sets of next-token distributions lie apart.</summary>
/// <param name="MeanDivergence">Mean KL divergence of ours from the oracle's, in nat.</param>
/// <param name="LargestDivergence">Largest KL divergence of one position.</param>
/// <param name="ClearTops">Positions where the oracle's two best differ by more than a tenth of a nat.</param>
/// <param name="OtherTops">Those of them where our best token is another one.</param>
internal sealed record DistributionDistance(double MeanDivergence, double LargestDivergence, int ClearTops, int OtherTops)
{
    private const double Clear = 0.1;

    /// <summary>Compares logits of the same positions.</summary>
    /// <param name="oracle">[positions, vocabulary].</param>
    /// <param name="ours">[positions, vocabulary].</param>
    /// <param name="vocabulary">Columns.</param>
    public static DistributionDistance Of(ReadOnlySpan<float> oracle, ReadOnlySpan<float> ours, int vocabulary)
    {
        Assert.Equal(oracle.Length, ours.Length);
        int positions = oracle.Length / vocabulary;
        double sum = 0;
        double largest = 0;
        int clear = 0;
        int other = 0;
        for (int position = 0; position < positions; position++)
        {
            ReadOnlySpan<float> p = oracle.Slice(position * vocabulary, vocabulary);
            ReadOnlySpan<float> q = ours.Slice(position * vocabulary, vocabulary);
            double divergence = Divergence(p, q);
            sum += divergence;
            largest = Math.Max(largest, divergence);
            (int best, double gap, _) = Best(p);
            if (gap > Clear)
            {
                clear++;
                other += Best(q).Id == best ? 0 : 1;
            }
        }

        return new DistributionDistance(sum / positions, largest, clear, other);
    }

    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double normP = LogSumExp(p);
        double normQ = LogSumExp(q);
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            double logP = p[i] - normP;
            sum += Math.Exp(logP) * (logP - (q[i] - normQ));
        }

        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double maximum = Best(logits).Top;
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - maximum);
        }

        return maximum + Math.Log(sum);
    }

    private static (int Id, double Gap, double Top) Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        double second = double.NegativeInfinity;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                second = logits[best];
                best = i;
            }
            else if (logits[i] > second)
            {
                second = logits[i];
            }
        }

        return (best, logits[best] - second, logits[best]);
    }
}
