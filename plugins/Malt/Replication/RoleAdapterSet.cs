using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>The adapters of the roles.</summary>
/// <param name="Generator">The generator's.</param>
/// <param name="Verifier">The verifier's.</param>
/// <param name="Refiner">The refiner's.</param>
internal sealed record RoleAdapterSet(ExperimentAdapter Generator, ExperimentAdapter Verifier, ExperimentAdapter Refiner)
{
    /// <summary>Gives all roles the same adapter.</summary>
    /// <param name="shared">The adapter.</param>
    public static RoleAdapterSet Of(ExperimentAdapter shared) => new(shared, shared, shared);
}
