using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agents.Plugins;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Plugins;

/// <summary>What one plugin gets from the host. Meters and subscriptions end with the plugin, whatever the plugin forgets.</summary>
internal sealed class PluginServices : IPluginHost, IMeterFactory
{
    private readonly Lock _gate = new();
    private readonly PluginHostOptions _options;
    private readonly HostEvents _events;
    private readonly List<Meter> _meters = [];
    private readonly List<IDisposable> _subscriptions = [];

    public PluginServices(PluginIdentity identity, PluginHostOptions options, HostEvents events, TimeProvider time, ILoggerFactory logging)
    {
        Identity = identity;
        Time = time;
        Logging = logging;
        _options = options;
        _events = events;
    }

    public PluginIdentity Identity { get; }

    public TimeProvider Time { get; }

    public IMeterFactory Meters => this;

    public ILoggerFactory Logging { get; }

    public T Settings<T>(JsonTypeInfo<T> type)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!_options.Settings.TryGetValue(Identity.Id, out JsonElement settings))
        {
            return new T();
        }

        try
        {
            return settings.Deserialize(type) ?? new T();
        }
        catch (JsonException error)
        {
            throw new PluginException($"The settings of plugin '{Identity.Id}' do not fit: {error.Message}", error);
        }
    }

    public IDisposable Subscribe(HostEvent kind, Action<HostEventArgs> handler)
    {
        IDisposable subscription = _events.Subscribe(kind, handler);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    public T? Capability<T>()
        where T : class =>
        _options.Capabilities.GetValueOrDefault(Identity.Id, []).OfType<T>().FirstOrDefault();

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var meter = new Meter(options);
        lock (_gate)
        {
            _meters.Add(meter);
        }

        return meter;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _subscriptions.ForEach(subscription => subscription.Dispose());
            _meters.ForEach(meter => meter.Dispose());
            _subscriptions.Clear();
            _meters.Clear();
        }
    }
}
