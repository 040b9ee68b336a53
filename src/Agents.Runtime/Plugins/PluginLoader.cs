using System.Reflection;
using System.Runtime.CompilerServices;
using Agents.Plugins;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Plugins;

/// <summary>Takes one folder through admission: manifest, policy, verified private copy, metadata, load, type check, constructor, Describe, StartAsync.</summary>
internal sealed class PluginLoader(PluginHostOptions options, HostEvents events, TimeProvider time, ILoggerFactory logging)
{
    /// <summary>Loads a plugin. Nothing of it stays behind when this throws, except a thread that the plugin itself does not give back.</summary>
    /// <exception cref="PluginException">Refused before loading, or failed while loading: see <see cref="PluginLoadException"/>.</exception>
    public async Task<LoadedPlugin> LoadAsync(PluginManifest manifest, string folder, PluginTrust trust, CancellationToken cancellationToken)
    {
        Admit(manifest, trust);
        string copy = Directory.CreateTempSubdirectory("agents-plugin-").FullName;
        LoadedPlugin? plugin = null;
        try
        {
            PluginFiles.CopyVerified(manifest, folder, copy);
            string entry = Path.Combine(copy, manifest.EntryAssembly.Replace('/', Path.DirectorySeparatorChar));
            PluginMetadataCheck.Check(manifest, entry);
            var context = new PluginLoadContext(manifest.Id, copy, entry, collectible: trust == PluginTrust.ThirdParty);
            var services = new PluginServices(new PluginIdentity(manifest.Id, manifest.Version, copy), options, events, time, logging);
            plugin = new LoadedPlugin(manifest, trust, folder, copy, context, services);
            await StartAsync(plugin, entry, cancellationToken).ConfigureAwait(false);
            return plugin;
        }
        catch
        {
            Discard(plugin, copy);
            throw;
        }
    }

    /// <summary>Ends everything the host gave a plugin and drops its context.</summary>
    /// <returns>Refers to the context without keeping it alive.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static WeakReference Discard(LoadedPlugin? plugin, string copy)
    {
        var reference = new WeakReference(plugin?.Context, trackResurrection: true);
        if (plugin is not null)
        {
            plugin.Dispose();
            plugin.Features = [];
            plugin.Entry = null;
            if (plugin.Context.IsCollectible)
            {
                plugin.Context.Unload();
            }
        }

        TryDelete(copy);
        return reference;
    }

    private static void TryDelete(string copy)
    {
        try
        {
            Directory.Delete(copy, recursive: true);
        }
        catch (IOException)
        {
            // Loaded files stay locked on some systems; the private copy lies in the temporary folder, which the system cleans.
        }
        catch (UnauthorizedAccessException)
        {
            // As above.
        }
    }

    private static async Task StartAsync(LoadedPlugin plugin, string entry, PluginHostOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        PluginManifest manifest = plugin.Manifest;
        await RunAsync(manifest, "loading its types", options, time, () => plugin.Entry = Create(plugin, entry), cancellationToken).ConfigureAwait(false);
        var catalog = new PluginCatalog(manifest);
        await RunAsync(manifest, "Describe", options, time, () => plugin.Entry!.Describe(catalog), cancellationToken).ConfigureAwait(false);
        catalog.Close();
        ManifestFeature? missing = manifest.Features.FirstOrDefault(
            announced => !catalog.Features.Any(feature => feature.Info.Id == announced.Id && FeatureKind.Of(feature.ExtensionPoint) == announced.Kind));
        if (missing is not null)
        {
            throw new PluginLoadException($"{manifest.Id}: the manifest announces '{missing.Id}' ({missing.Kind}), which Describe does not offer.");
        }

        plugin.Features = catalog.Features;
        await RunAsync(
            manifest,
            "StartAsync",
            options,
            time,
            () => plugin.Entry!.StartAsync(plugin.Services, plugin.Stopping).AsTask().GetAwaiter().GetResult(),
            cancellationToken).ConfigureAwait(false);
    }

    private static IPlugin Create(LoadedPlugin plugin, string entry)
    {
        PluginManifest manifest = plugin.Manifest;
        Assembly assembly = plugin.Context.LoadFromAssemblyPath(entry);

        // All types are resolved now: a missing dependency should refuse the plugin here and not fail its first request.
        _ = assembly.GetTypes();
        Type type = assembly.GetType(manifest.EntryType, throwOnError: true)!;
        return Activator.CreateInstance(type) as IPlugin
            ?? throw new PluginLoadException($"{manifest.Id}: '{manifest.EntryType}' does not implement {nameof(IPlugin)}.");
    }

    private static async Task RunAsync(
        PluginManifest manifest, string phase, PluginHostOptions options, TimeProvider time, Action action, CancellationToken cancellationToken)
    {
        // An own thread on a clean execution context: a hang costs a thread and not a pool worker, and the plugin's AsyncLocals stay with it.
        Task work;
        using (ExecutionContext.SuppressFlow())
        {
            work = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        try
        {
            await work.WaitAsync(options.StepLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new PluginLoadException(
                $"{manifest.Id} {manifest.Version}: {phase} did not return within {options.StepLimit.TotalSeconds:0.###} s. Move long work into StartAsync's background part and observe its token.");
        }
        catch (Exception error) when (error is not (PluginException or OperationCanceledException))
        {
            Exception cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            string detail = cause is ReflectionTypeLoadException types
                ? string.Join("; ", types.LoaderExceptions.Select(loader => loader?.Message).Distinct())
                : cause.Message;

            // Text only: an exception object whose type belongs to the plugin would keep its context alive.
            throw new PluginLoadException($"{manifest.Id} {manifest.Version}: {phase} failed with {cause.GetType().Name}: {detail}");
        }
    }

    private Task StartAsync(LoadedPlugin plugin, string entry, CancellationToken cancellationToken) =>
        StartAsync(plugin, entry, options, time, cancellationToken);

    private void Admit(PluginManifest manifest, PluginTrust trust)
    {
        var offered = Version.Parse(PluginContract.Version);
        if (!manifest.Contract.Contains(offered))
        {
            throw new PluginException(
                $"{manifest.Id} {manifest.Version} needs contract {manifest.Contract}; this host offers {offered}. Ask the author for a build whose range contains {offered}.");
        }

        if (options.Denied.Contains(manifest.Id))
        {
            throw new PluginException($"{manifest.Id} is on this host's deny list.");
        }

        if (trust == PluginTrust.ThirdParty && options.AllowedThirdPartyHashes is { } allowed && !allowed.Contains(manifest.Hash))
        {
            throw new PluginException($"{manifest.Id} {manifest.Version} is not on this host's allow list. To allow it, pin the hash of its manifest: {manifest.Hash}.");
        }
    }
}
