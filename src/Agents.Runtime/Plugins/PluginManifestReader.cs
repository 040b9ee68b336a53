using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agents.Runtime.Plugins;

/// <summary>Reads <c>plugin.json</c> with limits: at most 256 KiB and 16 levels, no comments, no repeated names, no unknown names, no path that leaves the folder.</summary>
public static partial class PluginManifestReader
{
    /// <summary>Name of the manifest file.</summary>
    public const string FileName = "plugin.json";

    private const int MaxBytes = 256 * 1024;
    private const int MaxDepth = 16;
    private static readonly string[] KnownNames =
        ["schema", "id", "version", "contract", "entry", "isolation", "features", "capabilities", "settings", "files", "publisher", "signature"];

    /// <summary>Reads the manifest of a plugin folder.</summary>
    /// <param name="folder">Folder of the plugin.</param>
    /// <exception cref="PluginException">The manifest is missing or breaks a rule; the message names file, rule and fix.</exception>
    public static PluginManifest Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new PluginException($"'{folder}' has no {FileName}: a plugin folder needs a manifest next to its assembly.");
        }

        if (file.Length > MaxBytes)
        {
            throw new PluginException($"'{path}' has {file.Length} bytes; a manifest may have {MaxBytes}.");
        }

        return Parse(path, File.ReadAllBytes(path));
    }

    /// <summary>Reads a manifest from its bytes.</summary>
    /// <param name="path">Path for error messages.</param>
    /// <param name="json">Content of the file.</param>
    /// <exception cref="PluginException">The manifest breaks a rule.</exception>
    public static PluginManifest Parse(string path, ReadOnlySpan<byte> json)
    {
        try
        {
            RefuseRepeatedNames(path, json);
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };
            using JsonDocument document = JsonDocument.Parse(json.ToArray(), options);
            return Parse(path, document.RootElement, Convert.ToHexStringLower(SHA256.HashData(json)));
        }
        catch (JsonException error)
        {
            throw new PluginException($"'{path}' is no valid JSON manifest: {error.Message}", error);
        }
    }

    /// <summary>Returns whether a text can be the id of a plugin or feature.</summary>
    /// <param name="id">Text to check.</param>
    public static bool IsId(string id) => id is { Length: <= 100 } && IdPattern().IsMatch(id);

    private static PluginManifest Parse(string path, JsonElement root, string hash)
    {
        Require(root.ValueKind == JsonValueKind.Object, path, "must be a JSON object");
        foreach (JsonProperty property in root.EnumerateObject())
        {
            Require(KnownNames.Contains(property.Name), path, $"has the unknown name '{property.Name}'; known names are {string.Join(", ", KnownNames)}");
        }

        int schema = root.TryGetProperty("schema", out JsonElement version) && version.TryGetInt32(out int number) ? number : 0;
        Require(schema == 1, path, $"has schema {schema}; this host reads schema 1");
        string id = Text(path, root, "id");
        Require(IsId(id), path, $"has the id '{id}'; an id is lower-case words or numbers joined by '-' or '.'");
        string contract = Text(path, root, "contract");
        Require(ContractRange.TryParse(contract, out ContractRange range), path, $"has the contract '{contract}'; write a range such as \"[1.0,2.0)\"");
        string isolation = root.TryGetProperty("isolation", out _) ? Text(path, root, "isolation") : "context";
        Require(isolation == "context", path, $"asks for isolation '{isolation}'; this host offers \"context\"");
        Require(root.TryGetProperty("entry", out JsonElement entry) && entry.ValueKind == JsonValueKind.Object, path, "needs \"entry\": { \"assembly\": …, \"type\": … }");
        ImmutableSortedDictionary<string, string> files = Files(path, root);
        string assembly = Text(path, entry, "assembly");
        Require(files.ContainsKey(assembly), path, $"names the entry assembly '{assembly}', which is not among its \"files\"");
        return new PluginManifest
        {
            Id = id,
            Version = Text(path, root, "version"),
            Contract = range,
            EntryAssembly = assembly,
            EntryType = Text(path, entry, "type"),
            Features = Features(path, root),
            Capabilities = root.TryGetProperty("capabilities", out JsonElement asked) && asked.ValueKind == JsonValueKind.Object
                ? [.. asked.EnumerateObject().Select(property => property.Name)]
                : [],
            Files = files,
            Hash = hash,
        };
    }

    private static ImmutableArray<ManifestFeature> Features(string path, JsonElement root)
    {
        Require(root.TryGetProperty("features", out JsonElement list) && list.ValueKind == JsonValueKind.Array, path, "needs a list \"features\"");
        var features = ImmutableArray.CreateBuilder<ManifestFeature>();
        foreach (JsonElement item in list.EnumerateArray())
        {
            Require(item.ValueKind == JsonValueKind.Object, path, "has a feature that is no object");
            var feature = new ManifestFeature(Text(path, item, "kind"), Text(path, item, "id"), Text(path, item, "summary"));
            Require(IsId(feature.Id), path, $"has the feature id '{feature.Id}'; an id is lower-case words or numbers joined by '-' or '.'");
            Require(!features.Any(known => known.Kind == feature.Kind && known.Id == feature.Id), path, $"lists the feature '{feature.Id}' twice");
            features.Add(feature);
        }

        return features.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> Files(string path, JsonElement root)
    {
        Require(root.TryGetProperty("files", out JsonElement list) && list.ValueKind == JsonValueKind.Object, path, "needs \"files\": { \"Name.dll\": \"sha256-…\" }");
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty file in list.EnumerateObject())
        {
            string name = file.Name;
            bool inside = name.Length > 0 && !Path.IsPathRooted(name) && !name.Contains('\\') && !name.Contains(':')
                && name.Split('/').All(part => part is not ("" or "." or ".."));
            Require(inside, path, $"lists the file '{name}', which is no path inside the plugin's folder");
            string hash = file.Value.ValueKind == JsonValueKind.String ? file.Value.GetString()! : "";
            Require(HashPattern().IsMatch(hash), path, $"gives '{name}' the hash '{hash}'; write \"sha256-\" and 64 lower-case hexadecimal digits");
            files.Add(name, hash["sha256-".Length..]);
        }

        return files.ToImmutable();
    }

    private static string Text(string path, JsonElement element, string name)
    {
        bool found = element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 1000 };
        Require(found, path, $"needs a text \"{name}\"");
        return element.GetProperty(name).GetString()!;
    }

    private static void RefuseRepeatedNames(string path, ReadOnlySpan<byte> json)
    {
        // JsonDocument keeps the last of two equal names: what a reviewer reads first would not be what runs.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var names = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    names.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    string name = reader.GetString()!;
                    Require(names.Peek().Add(name), path, $"has the name '{name}' twice in one object");
                    break;
            }
        }
    }

    private static void Require(bool holds, string path, string sentence)
    {
        if (!holds)
        {
            throw new PluginException($"'{path}' {sentence}.");
        }
    }

    [GeneratedRegex("^[a-z0-9]+([.-][a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();

    [GeneratedRegex("^sha256-[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex HashPattern();
}
