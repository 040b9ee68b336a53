using Agents.Plugins.Malt.Pipeline;

namespace Agents.Plugins.Malt.Data;

/// <summary>How examples and pairs are taken from backed-up trees (papers/33 §2.3, §2.7, §6).</summary>
public sealed record RoleDatasetOptions
{
    /// <summary>Gets the roles that pairs are made for.</summary>
    /// <value>Default: verifier and refiner. Preference training lowered the generator of instruction-tuned models; add it for base models.</value>
    public IReadOnlyList<MaltRole> RolesWithPairs { get; init; } = [MaltRole.Verifier, MaltRole.Refiner];

    /// <summary>Gets the smallest difference of values of a pair, which then replaces the labels; useful from n = 5 on.</summary>
    /// <value>Default null: positives are paired with negatives. Range (0, 1].</value>
    public double? Interval { get; init; }

    /// <summary>Gets the most pairs below one parent.</summary>
    /// <value>Default null: every positive with every negative.</value>
    public int? MaxPairsPerParent { get; init; }

    /// <summary>Gets the most pairs of one role and question.</summary>
    /// <value>Default null: all.</value>
    public int? MaxPairsPerQuestion { get; init; }

    /// <summary>Gets whether a generator's example must itself be right. A wrong solution whose refinements mostly succeed is otherwise a positive example, as in the paper.</summary>
    /// <value>Default false.</value>
    public bool RequireCorrectGeneration { get; init; }

    /// <summary>Gets whether identical siblings count once; those with different labels are dropped altogether.</summary>
    /// <value>Default true.</value>
    public bool DropIdenticalSiblings { get; init; } = true;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Lists every value that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Interval is { } interval && interval is not (> 0 and <= 1))
        {
            broken.Add($"the interval is {interval}, it must lie in (0, 1]");
        }

        if (MaxPairsPerParent is < 1)
        {
            broken.Add($"the most pairs per parent are {MaxPairsPerParent}, they must be at least 1");
        }

        if (MaxPairsPerQuestion is < 1)
        {
            broken.Add($"the most pairs per question are {MaxPairsPerQuestion}, they must be at least 1");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The dataset options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
