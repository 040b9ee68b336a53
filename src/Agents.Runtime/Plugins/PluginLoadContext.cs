using System.Reflection;
using System.Runtime.Loader;

namespace Agents.Runtime.Plugins;

/// <summary>Loads a plugin's assemblies from its private copy. Contract assemblies come from the host, the rest from the plugin, the framework from the runtime.</summary>
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    private readonly string _folder;
    private readonly AssemblyDependencyResolver _resolver;

    public PluginLoadContext(string id, string folder, string entryPath, bool collectible)
        : base($"plugin {id}", collectible)
    {
        _folder = folder;
        _resolver = new AssemblyDependencyResolver(entryPath);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name ?? "";
        if (SharedAssemblies.IsShared(name))
        {
            return Default.LoadFromAssemblyName(new AssemblyName(name));
        }

        string? path = _resolver.ResolveAssemblyToPath(assemblyName);
        if (path is null)
        {
            string beside = Path.Combine(_folder, name + ".dll");
            path = File.Exists(beside) ? beside : null;
        }

        if (path is not null)
        {
            return LoadFromAssemblyPath(path);
        }

        // Null would fall back to the host's own assemblies; only the framework may come from there.
        return SharedAssemblies.IsFramework(name)
            ? null
            : throw new FileNotFoundException($"The plugin needs '{name}', which is neither in its folder nor shared by the host. Ship it with the plugin and list it in the manifest.");
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? IntPtr.Zero : LoadUnmanagedDllFromPath(path);
    }
}
