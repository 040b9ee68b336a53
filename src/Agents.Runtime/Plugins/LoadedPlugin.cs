using Agents.Plugins;

namespace Agents.Runtime.Plugins;

/// <summary>A plugin whose code is loaded: its context, its entry object, its features, and the calls that use it right now.</summary>
internal sealed class LoadedPlugin(PluginManifest manifest, PluginTrust trust, string folder, string copy, PluginLoadContext context, PluginServices services) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<DateTimeOffset> _faults = new();
    private TaskCompletionSource? _drained;
    private int _leases;
    private bool _draining;

    public PluginManifest Manifest { get; } = manifest;

    public PluginTrust Trust { get; } = trust;

    public string Folder { get; } = folder;

    /// <summary>Gets the private folder that the code was loaded from.</summary>
    public string Copy { get; } = copy;

    public PluginLoadContext Context { get; } = context;

    public PluginServices Services { get; } = services;

    public IPlugin? Entry { get; set; }

    public IReadOnlyList<PluginFeature> Features { get; set; } = [];

    public CancellationToken Stopping => _stopping.Token;

    public void Stop() => _stopping.Cancel();

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        Services.Dispose();
    }

    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_draining)
            {
                return false;
            }

            _leases++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_leases == 0 && _draining)
            {
                _drained?.TrySetResult();
            }
        }
    }

    /// <summary>Refuses new calls and completes when the last one has left.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _draining = true;
            if (_leases == 0)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Counts a fault and returns how many happened inside the window.</summary>
    public int CountFault(DateTimeOffset now, TimeSpan window)
    {
        lock (_gate)
        {
            _faults.Enqueue(now);
            while (_faults.Peek() < now - window)
            {
                _faults.Dequeue();
            }

            return _faults.Count;
        }
    }
}
