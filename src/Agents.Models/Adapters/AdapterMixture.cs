using System.Collections.Immutable;
using System.Globalization;

namespace Agents.Models.Adapters;

/// <summary>Adapters with weights that some sequences run with, held for as long as they do.</summary>
public sealed class AdapterMixture : IDisposable
{
    private bool _disposed;

    internal AdapterMixture(ImmutableArray<(LoraAdapter Adapter, float Weight)> parts)
    {
        Parts = parts;
        Key = string.Join('+', parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Adapter.Hash}*{part.Weight:R}")));
    }

    /// <summary>Gets the adapters and their weights, in the order in which they are added.</summary>
    public ImmutableArray<(LoraAdapter Adapter, float Weight)> Parts { get; }

    /// <summary>Gets what decides the mixture's numbers: caches and generations are keyed by it. Equal keys, equal numbers; empty for the base model.</summary>
    public string Key { get; }

    /// <summary>Gives the adapters up.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach ((LoraAdapter adapter, _) in Parts)
        {
            adapter.Release();
        }
    }
}
