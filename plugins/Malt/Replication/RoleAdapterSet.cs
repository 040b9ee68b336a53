using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Trained adapters of the roles; a role without one is the untrained model.</summary>
/// <param name="Generator">The generator's.</param>
/// <param name="Verifier">The verifier's.</param>
/// <param name="Refiner">The refiner's.</param>
internal sealed record RoleAdapterSet(ExperimentAdapter? Generator, ExperimentAdapter? Verifier, ExperimentAdapter? Refiner)
{
    /// <summary>Gets the untrained roles.</summary>
    public static RoleAdapterSet None { get; } = new(null, null, null);
}
