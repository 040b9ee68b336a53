using Agents.Budgets;
using Agents.Reasoning;

namespace Agents.Replication;

/// <summary>How an arm answers.</summary>
/// <param name="Strategy">Id of the strategy.</param>
public sealed record StrategyRun(string Strategy)
{
    /// <summary>Gets its options; the seed is replaced by one made from arm seed and item.</summary>
    public StrategyOptions Options { get; init; } = new();

    /// <summary>Gets the budget; null for none.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Gets adapters by role name: every call of that role runs with it. The role <c>default</c> covers all roles that have none.</summary>
    public IReadOnlyDictionary<string, ExperimentAdapter> Adapters { get; init; } = new Dictionary<string, ExperimentAdapter>();
}
