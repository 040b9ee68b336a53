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

        // OrderBy is stable: equal weights keep their order of appearance.
        WeightedCandidate[] ordered = [.. candidates.OrderBy(item => item.Index).OrderByDescending(item => item.RawWeight)];
        WeightedCandidate[] kept = [.. ordered.Where((item, place) => item.RawWeight >= minWeight || place < keepAtLeast)];
        double[] weights = Normalize([.. kept.Select(item => item.RawWeight)], mode);
        return new WeightedCandidates([.. kept.Zip(weights, (item, weight) => item with { Weight = weight })]);
    }

    /// <summary>Normalizes repaired weights.</summary>
    /// <param name="weights">Weights in [0, 1].</param>
    /// <param name="mode">How.</param>
    /// <returns>Numbers that sum to 1, in the same order.</returns>
    public static double[] Normalize(IReadOnlyList<double> weights, WeightMode mode)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double[] result = mode switch
        {
            WeightMode.Softmax => [.. weights.Select(Math.Exp)],
            WeightMode.Uniform => [.. weights.Select(_ => 1.0)],
            _ => [.. weights],
        };
        double sum = result.Sum();
        return [.. result.Select(weight => sum > 0 ? weight / sum : 1.0 / result.Length)];
    }
}
