using Agents.Runtime.Connectors;
using Agents.Runtime.Reasoning;

namespace Agents.Runtime.Hosting;

/// <summary>Opens models. Register another one before <c>AddAgents</c> to bring an engine of your own.</summary>
public interface IModelLoader
{
    /// <summary>Opens a model; the caller disposes its client.</summary>
    /// <param name="reference">Which model.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<RoleModel> LoadAsync(ModelReference reference, CancellationToken cancellationToken = default);
}
