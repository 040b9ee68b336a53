using System.Collections.Immutable;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;

namespace Agents.Models.Adapters;

/// <summary>The adapters that live on one base model, by id. Loading and unloading take effect for the next request; running ones keep what they started with. Safe for concurrent calls.</summary>
public sealed class AdapterRegistry : IDisposable
{
    private readonly ModelShape _shape;
    private readonly DecoderWeights<float>? _weights;
    private readonly IKernels<float>? _kernels;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoraAdapter> _adapters = new(StringComparer.Ordinal);
    private ulong _scopes;

    /// <summary>Gets what is told of every adapter that new requests cannot name any more, with its hash. Called on the thread that unloads.</summary>
    internal Action<string>? Unloaded { get; init; }

    /// <summary>Creates an empty registry for adapters without magnitudes, which need nothing of the base but its sizes.</summary>
    /// <param name="shape">The base model; adapters that do not fit are refused.</param>
    public AdapterRegistry(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
    }

    /// <summary>Creates an empty registry for adapters of every kind.</summary>
    /// <param name="weights">The base model; adapters that do not fit are refused. Only read, and kept by the caller while the registry lives.</param>
    /// <param name="kernels">Kernels that the adapters will run with.</param>
    public AdapterRegistry(DecoderWeights<float> weights, IKernels<float> kernels)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(kernels);
        _shape = weights.Shape;
        _weights = weights;
        _kernels = kernels;
    }

    /// <summary>Gets the ids in use.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_gate)
            {
                return [.. _adapters.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Adds an adapter, or replaces the one with this id.</summary>
    /// <param name="id">Id that requests name.</param>
    /// <param name="adapter">The adapter; owned by the registry from now on.</param>
    /// <remarks>DoRA reads the adapted weights of the base once, for the length of their rows.</remarks>
    /// <exception cref="ModelFormatException">It does not fit the base model.</exception>
    /// <exception cref="ArgumentException">It is DoRA and the registry has no weights, or it serves another base already.</exception>
    public void Add(string id, LoraAdapter adapter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(adapter);
        adapter.RequireFits(_shape);
        if (adapter.IsDora)
        {
            MagnitudeGains.Prepare(
                adapter,
                _weights ?? throw new ArgumentException($"Adapter '{adapter.Name}' is DoRA, which needs the weights of the base; create the registry with them.", nameof(adapter)),
                _kernels!);
        }

        LoraAdapter? replaced;
        lock (_gate)
        {
            _adapters.TryGetValue(id, out replaced);
            _adapters[id] = adapter;
        }

        if (replaced is not null && !ReferenceEquals(replaced, adapter))
        {
            Drop(replaced);
        }
    }

    /// <summary>Loads an adapter file (GGUF) or folder (PEFT), or replaces the one with this id.</summary>
    /// <param name="id">Id that requests name.</param>
    /// <param name="path">File or folder.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or does not fit the base model.</exception>
    public async Task<LoraAdapter> LoadAsync(string id, string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        LoraAdapter adapter = await Task.Run(() => Directory.Exists(path) ? PeftAdapter.Load(path) : GgufAdapter.Load(path, _shape), cancellationToken).ConfigureAwait(false);
        try
        {
            Add(id, adapter);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Adds an adapter for a while, under an id of its own that nobody else can guess wrong or replace.</summary>
    /// <param name="adapter">The adapter; owned by the scope.</param>
    /// <returns>The scope; its end unloads the adapter.</returns>
    public AdapterScope AddScoped(LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        string id = $"scope-{Interlocked.Increment(ref _scopes)}-{adapter.Hash[..12]}";
        Add(id, adapter);
        return new AdapterScope(this, id, adapter);
    }

    /// <summary>Removes an adapter; requests that run with it finish.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there was one.</returns>
    public bool Unload(string id)
    {
        LoraAdapter? adapter;
        lock (_gate)
        {
            _adapters.Remove(id, out adapter);
        }

        if (adapter is not null)
        {
            Drop(adapter);
        }

        return adapter is not null;
    }

    /// <summary>Looks up the adapters of a request and holds them.</summary>
    /// <param name="uses">Ids and weights; parts with a weight of 0 are left out.</param>
    /// <returns>The mixture, or null for the base model. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">An id is unknown or a weight is not finite.</exception>
    public AdapterMixture? Resolve(IReadOnlyList<AdapterUse> uses)
    {
        ArgumentNullException.ThrowIfNull(uses);
        if (uses.Count == 0)
        {
            return null;
        }

        var parts = ImmutableArray.CreateBuilder<(LoraAdapter, float)>(uses.Count);
        try
        {
            foreach (AdapterUse use in uses)
            {
                if (!double.IsFinite(use.Weight) || !float.IsFinite((float)use.Weight))
                {
                    throw new ArgumentException($"The weight {use.Weight} of adapter '{use.Id}' is not finite.", nameof(uses));
                }

                LoraAdapter adapter = Hold(use.Id);
                if (use.Weight == 0)
                {
                    adapter.Release();
                    continue;
                }

                parts.Add((adapter, (float)use.Weight));
            }
        }
        catch
        {
            foreach ((LoraAdapter adapter, _) in parts)
            {
                adapter.Release();
            }

            throw;
        }

        return parts.Count == 0 ? null : new AdapterMixture(parts.ToImmutable());
    }

    /// <summary>Unloads all adapters.</summary>
    public void Dispose()
    {
        foreach (string id in Ids)
        {
            Unload(id);
        }
    }

    internal void Remove(string id, LoraAdapter expected)
    {
        lock (_gate)
        {
            if (!_adapters.TryGetValue(id, out LoraAdapter? present) || !ReferenceEquals(present, expected))
            {
                return;
            }

            _adapters.Remove(id);
        }

        Drop(expected);
    }

    private void Drop(LoraAdapter adapter)
    {
        adapter.Dispose();
        Unloaded?.Invoke(adapter.Hash);
    }

    private LoraAdapter Hold(string id)
    {
        lock (_gate)
        {
            return _adapters.TryGetValue(id, out LoraAdapter? adapter) && adapter.TryHold()
                ? adapter
                : throw new ArgumentException($"No adapter '{id}' is loaded. {NearestNames.Describe(id, _adapters.Keys)}");
        }
    }
}
