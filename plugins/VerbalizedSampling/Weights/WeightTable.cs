using Agents.Reasoning;

namespace Agents.Plugins.VerbalizedSampling.Weights;

/// <summary>Filters, normalizes and orders candidates (papers/51 §2.5, steps 3 to 5).</summary>
public static class WeightTable
{
    /// <summary>Creates the distribution.</summary>
    /// <param name="candidates">Candidates with repaired raw weights, at least one.</param>
    /// <param name="mode">How weights become a distribution.</param>
    /// <param name="minWeight">Candidates below this raw weight are dropped; 0 keeps all.</param>
    /// <param name="keepAtLeast">The heaviest candidates that stay even below that weight.</param>
    /// <exception cref="ArgumentException">There is no candidate.</exception>
    public static WeightedCandidates Create(IReadOnlyList<WeightedCandidate> candidates, WeightMode mode = WeightMode.Elicited, double minWeight = 0, int keepAtLeast = 1)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Count == 0)
        {
            throw new ArgumentException("A distribution needs at least one candidate.", nameof(candidates));
        }

        var ordered = new WeightedCandidate[candidates.Count];
        for (int i = 0; i < ordered.Length; i++)
        {
            ordered[i] = candidates[i];
        }

        int kept = Sort(ordered, minWeight, keepAtLeast);
        var weights = new double[kept];
        for (int i = 0; i < kept; i++)
        {
            weights[i] = ordered[i].RawWeight;
        }

        Normalize(weights.AsSpan(), mode);
        for (int i = 0; i < kept; i++)
        {
            ordered[i] = ordered[i] with { Weight = weights[i] };
        }

        return new WeightedCandidates(kept == ordered.Length ? ordered : ordered[..kept]);
    }

    /// <summary>Normalizes repaired weights.</summary>
    /// <param name="weights">Weights in [0, 1].</param>
    /// <param name="mode">How.</param>
    /// <returns>Numbers that sum to 1, in the same order.</returns>
    public static double[] Normalize(IReadOnlyList<double> weights, WeightMode mode)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double[] result = [.. weights];
        Normalize(result.AsSpan(), mode);
        return result;
    }

    private static void Normalize(Span<double> weights, WeightMode mode)
    {
        double sum = 0;
        foreach (ref double weight in weights)
        {
            weight = mode switch { WeightMode.Softmax => Math.Exp(weight), WeightMode.Uniform => 1, _ => weight };
            sum += weight;
        }

        foreach (ref double weight in weights)
        {
            weight = sum > 0 ? weight / sum : 1.0 / weights.Length;
        }
    }

    // The heaviest first, equal ones in order of appearance. Lists are short, and a sort by insertion keeps the order of equals. Returns how many stay.
    private static int Sort(WeightedCandidate[] items, double minWeight, int keepAtLeast)
    {
        for (int i = 1; i < items.Length; i++)
        {
            WeightedCandidate item = items[i];
            int at = i;
            while (at > 0 && Precedes(item, items[at - 1]))
            {
                items[at] = items[at - 1];
                at--;
            }

            items[at] = item;
        }

        int kept = items.Length;
        while (kept > keepAtLeast && !(items[kept - 1].RawWeight >= minWeight))
        {
            kept--;
        }

        return kept;
    }

    private static bool Precedes(WeightedCandidate left, WeightedCandidate right)
    {
        int byWeight = left.RawWeight.CompareTo(right.RawWeight);
        return byWeight > 0 || (byWeight == 0 && left.Index < right.Index);
    }
}
