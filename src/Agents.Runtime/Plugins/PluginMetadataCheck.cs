using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Agents.Runtime.Plugins;

/// <summary>Looks at an assembly's metadata without loading it: is the entry type there, which contract does it reference, does it call native code.</summary>
internal static class PluginMetadataCheck
{
    /// <summary>Checks the entry assembly.</summary>
    /// <param name="manifest">Checked manifest.</param>
    /// <param name="path">Private copy of the entry assembly.</param>
    /// <exception cref="PluginException">A rule is broken.</exception>
    public static void Check(PluginManifest manifest, string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using var image = new PEReader(stream);
            if (!image.HasMetadata)
            {
                throw new PluginException($"{manifest.Id}: '{manifest.EntryAssembly}' is no .NET assembly.");
            }

            MetadataReader reader = image.GetMetadataReader();
            CheckContract(manifest, reader);
            CheckEntry(manifest, reader);
            CheckNative(manifest, reader);
        }
        catch (BadImageFormatException error)
        {
            throw new PluginException($"{manifest.Id}: '{manifest.EntryAssembly}' is no readable .NET assembly: {error.Message}", error);
        }
    }

    private static void CheckContract(PluginManifest manifest, MetadataReader reader)
    {
        int host = typeof(Agents.Plugins.IPlugin).Assembly.GetName().Version!.Major;
        foreach (AssemblyReferenceHandle handle in reader.AssemblyReferences)
        {
            AssemblyReference reference = reader.GetAssemblyReference(handle);
            if (reader.GetString(reference.Name) == "Agents.Abstractions")
            {
                if (reference.Version.Major != host)
                {
                    throw new PluginException(
                        $"{manifest.Id} {manifest.Version} was compiled against contract {reference.Version.Major}.{reference.Version.Minor}; this host offers {Agents.Plugins.PluginContract.Version}. Ask the author for a build against {host}.x.");
                }

                return;
            }
        }

        throw new PluginException($"{manifest.Id}: '{manifest.EntryAssembly}' does not reference Agents.Abstractions, so it cannot contain a plugin.");
    }

    private static void CheckEntry(PluginManifest manifest, MetadataReader reader)
    {
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            string space = reader.GetString(type.Namespace);
            string name = reader.GetString(type.Name);
            if ((space.Length == 0 ? name : space + "." + name) == manifest.EntryType)
            {
                return;
            }
        }

        throw new PluginException($"{manifest.Id}: the entry type '{manifest.EntryType}' is not in '{manifest.EntryAssembly}'. Correct \"entry\" in {PluginManifestReader.FileName}.");
    }

    private static void CheckNative(PluginManifest manifest, MetadataReader reader)
    {
        if (manifest.Capabilities.Contains("native"))
        {
            return;
        }

        foreach (MethodDefinitionHandle handle in reader.MethodDefinitions)
        {
            MethodDefinition method = reader.GetMethodDefinition(handle);
            if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            {
                throw new PluginException(
                    $"{manifest.Id}: '{reader.GetString(method.Name)}' calls native code, which the manifest does not announce. Add \"native\" to \"capabilities\" and have it approved.");
            }
        }
    }
}
