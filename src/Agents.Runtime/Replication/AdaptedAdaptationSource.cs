using Agents.Models;

namespace Agents.Runtime.Replication;

/// <summary>Temporary adapters over the adapters of a role, unless a request names its own.</summary>
/// <param name="source">Trains; stays the caller's.</param>
/// <param name="adapters">The adapters of the role.</param>
internal sealed class AdaptedAdaptationSource(IAdaptationSource source, IReadOnlyList<AdapterUse> adapters) : IAdaptationSource
{
    /// <inheritdoc/>
    public ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return source.AdaptAsync(request.Adapters.Count > 0 ? request : request with { Adapters = adapters }, cancellationToken);
    }
}
