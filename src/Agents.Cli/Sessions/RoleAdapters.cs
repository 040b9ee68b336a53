using System.Text.Json;
using Agents.Cli.Output;
using Agents.Reasoning;

namespace Agents.Cli.Sessions;

/// <summary>Which adapters the roles of a strategy run with.</summary>
internal static class RoleAdapters
{
    /// <summary>Reads the values of <c>--adapter</c>.</summary>
    /// <param name="values"><c>ROLE=PATH</c>, a path for all roles without an adapter of their own, or a <c>roles.json</c> as a training of roles leaves it.</param>
    /// <returns>Files or folders by role.</returns>
    /// <exception cref="UsageException">There is no such file, or a role has two.</exception>
    public static IReadOnlyDictionary<string, string> Read(IReadOnlyList<string> values)
    {
        Dictionary<string, string> adapters = new(StringComparer.Ordinal);
        foreach (string value in values)
        {
            bool known = File.Exists(value) || Directory.Exists(value);
            if (known && value.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                foreach ((string role, string path) in Bindings(value))
                {
                    Add(adapters, role, path);
                }
            }
            else
            {
                int at = known ? -1 : value.IndexOf('=', StringComparison.Ordinal);
                Add(adapters, at < 0 ? ModelRoles.Default : value[..at], value[(at + 1)..]);
            }
        }

        return adapters;
    }

    private static void Add(Dictionary<string, string> adapters, string role, string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new UsageException($"--adapter: there is no adapter '{path}' for the role '{role}'; name a GGUF file or a PEFT folder.");
        }

        if (!adapters.TryAdd(role, path))
        {
            throw new UsageException($"--adapter names two adapters for the role '{role}'.");
        }
    }

    private static IEnumerable<(string Role, string Path)> Bindings(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            return [.. document.RootElement.EnumerateObject().Select(role => (role.Name, Path.GetFullPath(role.Value.GetString() ?? "", folder)))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new UsageException($"--adapter '{file}' is no list of roles and files: {error.Message}", error);
        }
    }
}
