using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace Agents.Runtime.Plugins;

/// <summary>The right to use a feature. While a lease is held its plugin is not unloaded; dispose it when the call ends.</summary>
/// <typeparam name="T">Extension point.</typeparam>
public sealed class FeatureLease<T> : IDisposable
    where T : class
{
    private LoadedPlugin? _plugin;

    internal FeatureLease(LoadedPlugin plugin, T value)
    {
        _plugin = plugin;
        Value = value;
        PluginId = plugin.Manifest.Id;
    }

    /// <summary>Gets the feature.</summary>
    public T Value { get; }

    /// <summary>Gets the plugin it belongs to.</summary>
    public string PluginId { get; }

    /// <summary>
    /// Returns whether the plugin's own code threw an error: the first frame that is not the framework's lies in the plugin. Errors about arguments, cancellations
    /// and the product's own errors (budget, endpoint, prompt) pass through a plugin and are not its fault.
    /// </summary>
    internal bool Caused(Exception error)
    {
        if (error is AgentsException or ArgumentException or OperationCanceledException or OutOfMemoryException || _plugin is not { } plugin)
        {
            return false;
        }

        foreach (StackFrame frame in new StackTrace(error).GetFrames())
        {
            Assembly? assembly = frame.GetMethod()?.DeclaringType?.Assembly;
            if (assembly is null || (assembly.GetName().Name is { } name && SharedAssemblies.IsFramework(name)))
            {
                continue;
            }

            return AssemblyLoadContext.GetLoadContext(assembly) == plugin.Context;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _plugin, null)?.Leave();
}
