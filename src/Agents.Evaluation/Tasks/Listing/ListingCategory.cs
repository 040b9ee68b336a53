namespace Agents.Evaluation.Tasks.Listing;

/// <summary>A category and its members, most probable first.</summary>
/// <param name="Name">Name in the singular.</param>
/// <param name="Members">Members by rank.</param>
public sealed record ListingCategory(string Name, IReadOnlyList<string> Members)
{
    /// <summary>The true distribution over the members: Zipf with the given exponent.</summary>
    /// <param name="exponent">Exponent of the rank; 0 is uniform.</param>
    /// <returns>Members with probabilities that sum to one, by rank.</returns>
    public IReadOnlyList<WeightedAnswer> Distribution(double exponent)
    {
        double total = 0;
        for (int rank = 1; rank <= Members.Count; rank++)
        {
            total += Math.Pow(rank, -exponent);
        }

        return [.. Members.Select((member, i) => new WeightedAnswer(member, Math.Pow(i + 1, -exponent) / total))];
    }
}
