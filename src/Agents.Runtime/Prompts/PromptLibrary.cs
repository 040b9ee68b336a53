using Agents.Prompts;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Prompts;

/// <summary>
/// Prompts from YAML files. Several roots in order: a file of an earlier root replaces the file with the same name and variant of a later one, so a
/// user's folder overrides the shipped one. <c>aggregate.tiny.yaml</c> is the variant <c>tiny</c> of <c>aggregate</c>; its <c>models</c> decide when it is used.
/// </summary>
public sealed class PromptLibrary : IPromptLibrary
{
    private readonly Dictionary<string, List<CompiledPrompt>> _prompts = new(StringComparer.Ordinal);

    /// <summary>Creates a library of files; the first file of a name and variant wins.</summary>
    /// <param name="files">Files, the overriding ones first. Files of one name with the same model patterns count as the same variant.</param>
    /// <exception cref="PromptException">A template is broken.</exception>
    public PromptLibrary(IEnumerable<PromptFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        PromptRenderer renderer = new();
        foreach (PromptFile file in files)
        {
            List<CompiledPrompt> variants = _prompts.TryGetValue(file.Name, out List<CompiledPrompt>? known) ? known : _prompts[file.Name] = [];
            CompiledPrompt? earlier = variants.Find(variant => variant.File.Models.SequenceEqual(file.Models, StringComparer.OrdinalIgnoreCase));
            if (earlier is null)
            {
                variants.Add(new CompiledPrompt(file, renderer));
            }
            else
            {
                earlier.Override(file);
            }
        }
    }

    /// <summary>Reads all <c>.yaml</c> and <c>.yml</c> files below the roots.</summary>
    /// <param name="roots">Folders, the user's first. A folder that does not exist holds no prompts.</param>
    /// <exception cref="PromptException">A file is broken.</exception>
    public static PromptLibrary FromFolders(params IReadOnlyList<string> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        return new PromptLibrary(roots.Where(Directory.Exists).SelectMany(ReadFolder));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PromptInfo> List() =>
        [.. _prompts.Values
            .SelectMany(variants => variants)
            .OrderBy(prompt => prompt.File.Name, StringComparer.Ordinal)
            .ThenBy(prompt => prompt.File.Models.Count)
            .Select(prompt => prompt.Info)];

    /// <inheritdoc/>
    public PromptInfo Find(string name, string? model = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Choose(name, model).Info;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Render(string name, IReadOnlyDictionary<string, object?> variables, string? model = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(variables);
        return Choose(name, model).Render(variables);
    }

    private CompiledPrompt Choose(string name, string? model)
    {
        if (!_prompts.TryGetValue(name, out List<CompiledPrompt>? variants))
        {
            throw new PromptException($"There is no prompt '{name}'. {NearestNames.Describe(name, _prompts.Keys)}");
        }

        CompiledPrompt? general = null;
        foreach (CompiledPrompt variant in variants)
        {
            if (variant.File.Models.Count == 0)
            {
                general ??= variant;
            }
            else if (variant.File.Fits(model))
            {
                return variant;
            }
        }

        return general
            ?? throw new PromptException(
                $"The prompt '{name}' has no text for the model '{model ?? "(unknown)"}', only for {string.Join(", ", variants.SelectMany(variant => variant.File.Models))}. Add a file without 'models'.");
    }

    private static IEnumerable<PromptFile> ReadFolder(string root) =>
        Directory.EnumerateFiles(root, "*.*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML")
            .Order(StringComparer.Ordinal)
            .Select(path => PromptFileReader.Read(path, NameOf(root, path)));

    private static string NameOf(string root, string path)
    {
        string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
        int file = relative.LastIndexOf('/') + 1;
        int dot = relative.IndexOf('.', file);
        return relative[..dot];
    }
}
