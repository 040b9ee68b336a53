using System.Globalization;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Models;

namespace Agents.Cli.Models;

/// <summary>Finds the files of models that run in this process.</summary>
internal static class ModelPaths
{
    /// <summary>Name of the embedded model.</summary>
    public const string Tiny = "tiny";

    /// <summary>Returns the file or folder of a model.</summary>
    /// <param name="reference"><c>tiny</c>, a file, a folder, or a name in the user's model folder.</param>
    /// <exception cref="UsageException">The reference names an endpoint.</exception>
    /// <exception cref="ModelFormatException">There is no such model.</exception>
    public static string Resolve(string reference)
    {
        if (Endpoints.Names(reference))
        {
            throw new UsageException($"'{reference}' is a model behind an endpoint; this command works on tokens and needs one that runs here: tiny, a .gguf file, or a folder.");
        }

        if (reference == Tiny)
        {
            return FindTiny() ?? throw new ModelFormatException(
                $"The embedded model is not there: '{AgentsFolders.Current.ShippedModels}' has no tiny-*.gguf. Build the command again from a complete checkout, or name another model with --model.");
        }

        foreach (string candidate in (string[])[reference, Path.Combine(AgentsFolders.Current.HomeModels, reference), Path.Combine(AgentsFolders.Current.HomeModels, reference + ".gguf")])
        {
            if (File.Exists(candidate) || Directory.Exists(candidate))
            {
                return Path.GetFullPath(candidate);
            }
        }

        IReadOnlyList<string> nearest = NearestNames.Find(Path.GetFileName(reference), Neighbours(reference));
        string meant = nearest.Count == 0 ? "" : $" Did you mean {string.Join(" or ", nearest.Select(name => $"'{name}'"))}?";
        throw new ModelFormatException($"There is no model '{reference}': no such file or folder.{meant} Known forms: tiny, a .gguf file, a folder with safetensors, openai:NAME@URL.");
    }

    /// <summary>Returns the shipped model with the highest number; null when there is none.</summary>
    public static string? FindTiny() =>
        !Directory.Exists(AgentsFolders.Current.ShippedModels)
            ? null
            : Directory.EnumerateFiles(AgentsFolders.Current.ShippedModels, "tiny-*.gguf")
                .OrderByDescending(path => int.TryParse(Path.GetFileNameWithoutExtension(path)["tiny-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)
                .FirstOrDefault();

    private static IEnumerable<string> Neighbours(string reference)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(reference)) ?? ".";
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)) : [];
        return files.Append(Tiny);
    }
}
