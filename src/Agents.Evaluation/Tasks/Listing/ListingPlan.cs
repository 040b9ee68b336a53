namespace Agents.Evaluation.Tasks.Listing;

/// <summary>What members are asked for, and one drawn answer.</summary>
/// <param name="Category">The category.</param>
/// <param name="Count">How many members are asked for.</param>
/// <param name="First">Required first letter, or '\0'.</param>
/// <param name="Contained">Letter the member must have, or '\0'.</param>
/// <param name="Excluded">Members that are not wanted, in rank order.</param>
/// <param name="Accepted">Right members with their renormalised probabilities, by rank.</param>
/// <param name="Answer">The drawn answer.</param>
public sealed record ListingPlan(
    ListingCategory Category,
    int Count,
    char First,
    char Contained,
    IReadOnlyList<string> Excluded,
    IReadOnlyList<WeightedAnswer> Accepted,
    IReadOnlyList<string> Answer);
