using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Agents.Plugins;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Plugins;

/// <summary>
/// Loads plugins from folders, hands out their features, unloads and reloads them. A plugin that breaks a rule is refused or contained by name; the host and the
/// other plugins go on. A load context is no security boundary: code from people you do not trust belongs into another process.
/// </summary>
public sealed class PluginHost : IAsyncDisposable
{
    private readonly PluginHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HostEvents _events;
    private readonly PluginLoader _loader;
    private readonly SemaphoreSlim _changes = new(1, 1);
    private readonly ConcurrentDictionary<string, PluginStatus> _statuses = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, LoadedPlugin> _active = ImmutableDictionary.Create<string, LoadedPlugin>(StringComparer.Ordinal);

    /// <summary>Creates a host without loading anything.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="logging">Log.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public PluginHost(PluginHostOptions options, ILoggerFactory logging, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        _options = options;
        _time = time;
        _logger = logging.CreateLogger<PluginHost>();
        _events = new HostEvents(_logger);
        _loader = new PluginLoader(options, _events, time, logging);
    }

    /// <summary>Loads every plugin of the configured folders. Failures become statuses, never exceptions.</summary>
    /// <param name="cancellationToken">Stops between plugins.</param>
    public async Task LoadAllAsync(CancellationToken cancellationToken = default)
    {
        foreach (PluginFolder root in _options.Folders)
        {
            if (!Directory.Exists(root.Path))
            {
                continue;
            }

            foreach (string folder in Directory.EnumerateDirectories(root.Path).Order(StringComparer.Ordinal))
            {
                await LoadAsync(folder, root.Trust, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Loads one plugin.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="trust">How to treat it.</param>
    /// <param name="cancellationToken">Stops the wait for the plugin.</param>
    /// <returns>Where the plugin stands now; the reason when it is not active.</returns>
    public async Task<PluginStatus> LoadAsync(string folder, PluginTrust trust, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        await _changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await LoadLockedAsync(folder, trust, replace: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Loads a plugin's folder again and switches to the new code without a gap: the new one is loaded first, then the old one is drained.</summary>
    /// <param name="id">Id of a loaded plugin.</param>
    /// <param name="cancellationToken">Stops the waits.</param>
    /// <returns>Status of the new code and what became of the old.</returns>
    /// <exception cref="PluginException">The plugin is not loaded or ships with the product.</exception>
    public async Task<(PluginStatus Status, UnloadVerdict? Old)> ReloadAsync(string id, CancellationToken cancellationToken = default)
    {
        await _changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string folder = FolderOfUnloadable(id);
            StrongBox<LoadedPlugin?> old = new(_active[id]);
            PluginStatus status = await LoadLockedAsync(folder, PluginTrust.ThirdParty, replace: true, cancellationToken).ConfigureAwait(false);
            if (status.State != PluginState.Active)
            {
                return (status, null);
            }

            return (status, await RetireAsync(id, old, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Unloads a third-party plugin: no new calls, wait for those in flight, stop, dispose, unload, verdict.</summary>
    /// <param name="id">Id of a loaded plugin.</param>
    /// <param name="cancellationToken">Stops the wait for calls in flight.</param>
    /// <exception cref="PluginException">The plugin is not loaded or ships with the product.</exception>
    public async Task<UnloadVerdict> UnloadAsync(string id, CancellationToken cancellationToken = default)
    {
        await _changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string folder = FolderOfUnloadable(id);
            StrongBox<LoadedPlugin?> plugin = new(_active[id]);
            _active = _active.Remove(id);
            SetState(folder, PluginState.Draining, null);
            UnloadVerdict verdict = await RetireAsync(id, plugin, cancellationToken).ConfigureAwait(false);
            SetState(folder, verdict.Unloaded ? PluginState.Unloaded : PluginState.Lingering, verdict.Reason);
            return verdict;
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Lists all plugins that were found, in order of their folders.</summary>
    public IReadOnlyList<PluginStatus> List() => [.. _statuses.Values.OrderBy(status => status.Folder, StringComparer.Ordinal)];

    /// <summary>Lists the features of one extension point that active plugins offer, by id.</summary>
    /// <typeparam name="T">Extension point.</typeparam>
    public IReadOnlyList<FeatureInfo> Features<T>()
        where T : class =>
        [.. _active.Values.SelectMany(plugin => plugin.Features).Where(feature => feature.ExtensionPoint == typeof(T)).Select(feature => feature.Info).OrderBy(info => info.Id, StringComparer.Ordinal)];

    /// <summary>Takes the right to use a feature.</summary>
    /// <typeparam name="T">Extension point.</typeparam>
    /// <param name="id">Id of the feature.</param>
    /// <returns>A lease to dispose, or null when no active plugin offers the feature.</returns>
    /// <exception cref="PluginException">The feature's factory failed.</exception>
    public FeatureLease<T>? Acquire<T>(string id)
        where T : class
    {
        foreach (LoadedPlugin plugin in _active.Values)
        {
            PluginFeature? feature = plugin.Features.FirstOrDefault(feature => feature.ExtensionPoint == typeof(T) && feature.Info.Id == id);
            if (feature is null || !plugin.TryEnter())
            {
                continue;
            }

            try
            {
                return new FeatureLease<T>(plugin, (T)feature.Value(plugin.Services));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                plugin.Leave();
                throw ReportFault(plugin.Manifest.Id, $"creating '{id}'", error);
            }
        }

        return null;
    }

    /// <summary>Counts a failure of a plugin's code; too many in a short time disable the plugin.</summary>
    /// <param name="id">The plugin.</param>
    /// <param name="activity">What it was doing.</param>
    /// <param name="error">What it threw.</param>
    /// <returns>An error to throw instead, which names the plugin and does not keep its code alive.</returns>
    public PluginException ReportFault(string id, string activity, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        string text = $"Plugin '{id}' failed while {activity}: {error.GetType().Name}: {error.Message}";
        if (_active.TryGetValue(id, out LoadedPlugin? plugin))
        {
            int faults = plugin.CountFault(_time.GetUtcNow(), _options.FaultWindow);
            _logger.LogError("{Text} (fault {Count} of {Limit})", text, faults, _options.FaultLimit);
            if (faults >= _options.FaultLimit)
            {
                ImmutableInterlocked.TryRemove(ref _active, id, out _);
                SetState(plugin.Folder, PluginState.Disabled, $"{faults} faults within {_options.FaultWindow.TotalMinutes:0.#} minutes; the last one: {error.Message}");
                _events.Raise(HostEvent.PluginDeactivated, id);
            }
        }

        return new PluginException(text);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _changes.WaitAsync().ConfigureAwait(false);
        foreach ((string id, LoadedPlugin plugin) in Interlocked.Exchange(ref _active, _active.Clear()))
        {
            await CloseAsync(id, plugin).ConfigureAwait(false);
            PluginLoader.Discard(plugin, plugin.Copy);
        }

        _changes.Dispose();
    }

    private async Task<PluginStatus> LoadLockedAsync(string folder, PluginTrust trust, bool replace, CancellationToken cancellationToken)
    {
        folder = Path.GetFullPath(folder);
        PluginManifest? manifest = null;
        try
        {
            manifest = PluginManifestReader.Read(folder);
            if (!replace && _active.TryGetValue(manifest.Id, out LoadedPlugin? other))
            {
                throw new PluginException($"{manifest.Id} {manifest.Version}: a plugin with this id is already loaded from '{other.Folder}'.");
            }

            foreach (ManifestFeature feature in manifest.Features)
            {
                LoadedPlugin? owner = _active.Values.FirstOrDefault(
                    plugin => plugin.Manifest.Id != manifest.Id && plugin.Manifest.Features.Any(known => known.Kind == feature.Kind && known.Id == feature.Id));
                if (owner is not null)
                {
                    throw new PluginException($"{manifest.Id} {manifest.Version}: the feature '{feature.Id}' is already offered by '{owner.Manifest.Id}'.");
                }
            }

            LoadedPlugin loaded = await _loader.LoadAsync(manifest, folder, trust, cancellationToken).ConfigureAwait(false);
            _active = _active.SetItem(manifest.Id, loaded);
            _events.Raise(HostEvent.PluginActivated, manifest.Id);
            return SetStatus(folder, manifest, PluginState.Active, null);
        }
        catch (PluginLoadException error)
        {
            _logger.LogError("{Reason}", error.Message);
            return SetStatus(folder, manifest, PluginState.Faulted, error.Message, keep: replace);
        }
        catch (Exception error) when (error is PluginException or IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("{Reason}", error.Message);
            return SetStatus(folder, manifest, PluginState.Refused, error.Message, keep: replace);
        }
    }

    private string FolderOfUnloadable(string id)
    {
        if (!_active.TryGetValue(id, out LoadedPlugin? plugin))
        {
            throw new PluginException($"No plugin '{id}' is loaded.");
        }

        return plugin.Trust == PluginTrust.ThirdParty
            ? plugin.Folder
            : throw new PluginException($"'{id}' ships with the product and stays loaded; restart the process to replace it.");
    }

    private async Task<UnloadVerdict> RetireAsync(string id, StrongBox<LoadedPlugin?> plugin, CancellationToken cancellationToken)
    {
        bool drained = await CloseAsync(id, plugin.Value!, cancellationToken).ConfigureAwait(false);
        WeakReference context = PluginLoader.Discard(plugin.Value, plugin.Value!.Copy);
        plugin.Value = null;
        int collections = 0;
        while (context.IsAlive && collections < _options.UnloadCollections)
        {
            // A worker that has just finished the plugin's last continuation may hold its frames until it is scheduled again; on a busy machine that takes real time.
            await Task.Yield();
            await Task.Delay(TimeSpan.FromMilliseconds(collections * collections), CancellationToken.None).ConfigureAwait(false);
            collections++;
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        string? reason = !context.IsAlive ? null
            : !drained ? $"calls were still running after {_options.DrainLimit.TotalSeconds:0.#} s"
            : "something refers to its types: a task that ignores the stop token, an event left on a host object, reflection-based JSON, or a thread inside the plugin";
        _events.Raise(HostEvent.PluginDeactivated, id);
        if (reason is not null)
        {
            _logger.LogWarning("Plugin '{Id}' lingers: {Reason}", id, reason);
        }

        return new UnloadVerdict(id, reason is null, collections, reason);
    }

    private async Task<bool> CloseAsync(string id, LoadedPlugin plugin, CancellationToken cancellationToken = default)
    {
        bool drained = true;
        try
        {
            await plugin.DrainAsync().WaitAsync(_options.DrainLimit, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            drained = false;
        }

        plugin.Stop();
        if (plugin.Entry is { } entry)
        {
            try
            {
                await Task.Run(async () => await entry.DisposeAsync().ConfigureAwait(false), CancellationToken.None)
                    .WaitAsync(_options.StepLimit, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
            {
                _logger.LogError("Plugin '{Id}' failed while it was disposed: {Error}", id, error.Message);
            }
        }

        return drained;
    }

    private PluginStatus SetStatus(string folder, PluginManifest? manifest, PluginState state, string? reason, bool keep = false)
    {
        var status = new PluginStatus(
            manifest?.Id ?? Path.GetFileName(folder), manifest?.Version ?? "", state, reason, folder, manifest?.Hash ?? "", manifest?.Features ?? []);
        if (!keep)
        {
            _statuses[folder] = status;
        }

        return status;
    }

    private void SetState(string folder, PluginState state, string? reason) =>
        _statuses.AddOrUpdate(
            folder,
            static (folder, args) => new PluginStatus(Path.GetFileName(folder), "", args.State, args.Reason, folder, "", []),
            static (_, status, args) => status with { State = args.State, Reason = args.Reason },
            (State: state, Reason: reason));
}
