using Agents.Models;
using Agents.Models.Adapters;

namespace Agents.Runtime.Adaptation;

/// <summary>An adapter in the registry of a model until this object ends.</summary>
internal sealed class TemporaryAdapter(AdapterScope scope, IReadOnlyList<double> losses, double seconds) : ITemporaryAdapter
{
    /// <inheritdoc/>
    public AdapterUse Use { get; } = new(scope.Id);

    /// <inheritdoc/>
    public IReadOnlyList<double> Losses { get; } = losses;

    /// <inheritdoc/>
    public int Steps => Losses.Count;

    /// <inheritdoc/>
    public double Seconds { get; } = seconds;

    /// <summary>Unloads the adapter; keys and values that were cached under it are dropped.</summary>
    public ValueTask DisposeAsync()
    {
        scope.Dispose();
        return ValueTask.CompletedTask;
    }
}
