using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Models.Inspection;

/// <summary>Moments of the surprisal over a whole vocabulary, in double: two passes over the logits.</summary>
internal static class DistributionMoments
{
    /// <summary>Computes the statistics of a softmax.</summary>
    /// <param name="logits">[vocabulary].</param>
    public static DistributionStatistics Of(ReadOnlySpan<float> logits)
    {
        // With z = logit − maximum, the surprisal is ln Σeᶻ − z: its moments follow from the moments of z.
        double maximum = Largest(logits);
        Vector512<double> mass = default;
        Vector512<double> first = default;
        Vector512<double> second = default;
        ref float source = ref MemoryMarshal.GetReference(logits);
        int whole = logits.Length & ~7;
        for (int i = 0; i < whole; i += 8)
        {
            Vector256<float> eight = Vector256.LoadUnsafe(ref source, (nuint)i);
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(eight);
            Vector512<double> z = Vector512.Create(low, high) - Vector512.Create(maximum);
            Vector512<double> e = Vector512.Exp(z);
            Vector512<double> weighted = Finite(e * z);
            mass += e;
            first += weighted;
            second += Finite(weighted * z);
        }

        double sum = Vector512.Sum(mass);
        double mean = Vector512.Sum(first);
        double square = Vector512.Sum(second);
        for (int i = whole; i < logits.Length; i++)
        {
            double z = Unsafe.Add(ref source, i) - maximum;
            double e = Math.Exp(z);
            sum += e;
            if (e > 0)
            {
                mean += e * z;
                square += e * z * z;
            }
        }

        mean /= sum;
        double log = Math.Log(sum);
        return new DistributionStatistics(log - mean, Math.Max(0, (square / sum) - (mean * mean)), -log);
    }

    private static double Largest(ReadOnlySpan<float> logits)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        return largest;
    }

    /// <summary>Tokens that are forbidden have −∞ and the weight 0; their product is no number and counts as 0.</summary>
    private static Vector512<double> Finite(Vector512<double> value) => Vector512.ConditionalSelect(Vector512.Equals(value, value), value, default);
}
