namespace Agents.Models.Adapters;

/// <summary>An adapter that lives as long as this object, for example while one answer is improved.</summary>
public sealed class AdapterScope : IDisposable
{
    private readonly AdapterRegistry _registry;

    internal AdapterScope(AdapterRegistry registry, string id, LoraAdapter adapter)
    {
        _registry = registry;
        Id = id;
        Adapter = adapter;
    }

    /// <summary>Gets the id that requests name.</summary>
    public string Id { get; }

    /// <summary>Gets the adapter.</summary>
    public LoraAdapter Adapter { get; }

    /// <summary>Unloads the adapter; requests that run with it finish.</summary>
    public void Dispose() => _registry.Remove(Id, Adapter);
}
