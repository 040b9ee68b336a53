using System.Security.Cryptography;

namespace Agents.Runtime.Plugins;

/// <summary>Copies a plugin's files to a private folder while checking them against the manifest, so that what was verified is what gets loaded.</summary>
internal static class PluginFiles
{
    private static readonly string[] Executable = [".dll", ".exe", ".so", ".dylib"];

    /// <summary>Copies all listed files.</summary>
    /// <param name="manifest">Checked manifest.</param>
    /// <param name="folder">Folder of the plugin.</param>
    /// <param name="target">New private folder.</param>
    /// <exception cref="PluginException">A file is missing, a link, changed, or executable and not listed.</exception>
    public static void CopyVerified(PluginManifest manifest, string folder, string target)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (Executable.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && !manifest.Files.ContainsKey(name))
            {
                throw new PluginException(
                    $"{manifest.Id}: '{name}' lies in the plugin's folder but not in its manifest. Remove it, or rebuild the plugin so that the manifest lists it.{ContractHint(name)}");
            }
        }

        foreach ((string name, string hash) in manifest.Files)
        {
            string source = Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
            RefuseLinks(manifest, folder, name);
            if (!File.Exists(source))
            {
                throw new PluginException($"{manifest.Id}: the manifest lists '{name}', which is missing in '{folder}'.");
            }

            if (SharedAssemblies.IsShared(Path.GetFileNameWithoutExtension(name)) && name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            {
                throw new PluginException($"{manifest.Id}: '{name}' belongs to the host and must not lie in a plugin's folder.{ContractHint(name)}");
            }

            string copy = Path.Combine(target, name.Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(source, copy);
            using FileStream stream = File.OpenRead(copy);
            string actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (actual != hash)
            {
                throw new PluginException(
                    $"{manifest.Id}: '{name}' was changed after the manifest was written (SHA-256 is {actual}, the manifest says {hash}). Reinstall or rebuild the plugin.");
            }
        }
    }

    private static void RefuseLinks(PluginManifest manifest, string folder, string name)
    {
        string at = folder;
        foreach (string part in name.Split('/'))
        {
            at = Path.Combine(at, part);
            FileSystemInfo entry = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            if (entry.LinkTarget is not null)
            {
                throw new PluginException($"{manifest.Id}: '{name}' is reached through a link ('{at}'). Put the real file into the plugin's folder.");
            }
        }
    }

    private static string ContractHint(string name) => SharedAssemblies.IsShared(Path.GetFileNameWithoutExtension(name))
        ? $" Reference the contract with <ProjectReference … Private=\"false\" ExcludeAssets=\"runtime\" /> (or the same on a PackageReference), so that it is not copied."
        : "";
}
