using Agents.Prompts;
using Microsoft.Extensions.AI;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Agents.Runtime.Prompts;

/// <summary>Reads prompt files. An unknown key is an error that names the nearest known one and the line: a misspelt key would otherwise be ignored in silence.</summary>
public static class PromptFileReader
{
    /// <summary>Largest accepted prompt file in bytes.</summary>
    public const int MaximumBytes = 256 * 1024;

    // The schema nests four levels deep; the parser builds its tree recursively, so depth is checked first.
    private const int MaximumDepth = 8;

    private static readonly string[] FileKeys = ["name", "description", "models", "input_variables", "messages", "template_format"];
    private static readonly string[] VariableKeys = ["name", "description"];
    private static readonly string[] MessageKeys = ["role", "template"];
    private static readonly string[] Roles = ["system", "user", "assistant"];

    /// <summary>Reads a file.</summary>
    /// <param name="path">File to read.</param>
    /// <param name="name">Name the prompt has in the library.</param>
    /// <exception cref="PromptException">The file is too large or does not follow the schema.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PromptFile Read(string path, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        return length <= MaximumBytes
            ? Parse(File.ReadAllText(path), name, path)
            : throw new PromptException($"The prompt file '{path}' has {length} bytes; the limit is {MaximumBytes}. Split it.");
    }

    /// <summary>Reads the text of a prompt file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">Name the prompt has in the library.</param>
    /// <param name="source">Where the text comes from, for errors.</param>
    /// <exception cref="PromptException">The text does not follow the schema.</exception>
    public static PromptFile Parse(string yaml, string name, string source = "(in memory)")
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentException.ThrowIfNullOrEmpty(name);
        YamlMappingNode root = Load(yaml, source);
        Dictionary<string, YamlNode> keys = Keys(root, FileKeys, source);
        if (keys.TryGetValue("template_format", out YamlNode? format) && Text(format, "template_format", source) is not "handlebars" and var found)
        {
            throw Broken(source, format, $"template_format is '{found}'; only 'handlebars' is known");
        }

        if (keys.TryGetValue("name", out YamlNode? named) && Text(named, "name", source) is var written && written != name && written != name[(name.LastIndexOf('/') + 1)..])
        {
            throw Broken(source, named, $"the name is '{written}', but the file's place makes it '{name}'; write the same or remove the key");
        }

        if (!keys.TryGetValue("messages", out YamlNode? messages))
        {
            throw Broken(source, root, "the key 'messages' is missing; give it a list of {role, template}");
        }

        PromptMessage[] read = [.. Items(messages, "messages", source).Select(item => Message(item, source))];
        if (read.Length == 0)
        {
            throw Broken(source, messages, "'messages' is empty; a prompt has at least one message");
        }

        return new PromptFile
        {
            Name = name,
            Description = keys.TryGetValue("description", out YamlNode? description) ? Text(description, "description", source) : "",
            Models = keys.TryGetValue("models", out YamlNode? models) ? [.. Items(models, "models", source).Select(item => Text(item, "models", source))] : [],
            Variables = keys.TryGetValue("input_variables", out YamlNode? variables) ? Variables(variables, source) : new Dictionary<string, string>(),
            Messages = read,
            Source = source,
        };
    }

    private static Dictionary<string, string> Variables(YamlNode node, string source)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (YamlNode item in Items(node, "input_variables", source))
        {
            Dictionary<string, YamlNode> keys = Keys(item, VariableKeys, source);
            if (!keys.TryGetValue("name", out YamlNode? name))
            {
                throw Broken(source, item, "an input variable has no 'name'");
            }

            string text = Text(name, "name", source);
            if (!variables.TryAdd(text, keys.TryGetValue("description", out YamlNode? description) ? Text(description, "description", source) : ""))
            {
                throw Broken(source, name, $"the variable '{text}' is declared twice");
            }
        }

        return variables;
    }

    private static PromptMessage Message(YamlNode item, string source)
    {
        Dictionary<string, YamlNode> keys = Keys(item, MessageKeys, source);
        if (!keys.TryGetValue("role", out YamlNode? role) || !keys.TryGetValue("template", out YamlNode? template))
        {
            throw Broken(source, item, "a message needs 'role' and 'template'");
        }

        string name = Text(role, "role", source);
        if (!Roles.Contains(name))
        {
            throw Broken(source, role, $"the role '{name}' is unknown. {NearestNames.Describe(name, Roles)}");
        }

        // Editors end files and blocks with a newline; a model would see it as part of the message.
        string text = Text(template, "template", source).ReplaceLineEndings("\n").TrimEnd('\n');
        return new PromptMessage(new ChatRole(name), text, (int)template.Start.Line);
    }

    private static YamlMappingNode Load(string yaml, string source)
    {
        try
        {
            CheckDepth(yaml, source);
            YamlStream stream = [];
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode mapping
                ? mapping
                : throw new PromptException($"The prompt file '{source}' must hold exactly one YAML mapping with the keys {string.Join(", ", FileKeys)}.");
        }
        catch (YamlException error)
        {
            throw new PromptException($"The prompt file '{source}' is no YAML, line {error.Start.Line}: {error.Message}", error);
        }
    }

    private static void CheckDepth(string yaml, string source)
    {
        var parser = new Parser(new StringReader(yaml));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current switch
            {
                MappingStart or SequenceStart => 1,
                MappingEnd or SequenceEnd => -1,
                AnchorAlias alias => throw new PromptException($"The prompt file '{source}', line {alias.Start.Line}: aliases are not allowed. Write the text out."),
                _ => 0,
            };
            if (depth > MaximumDepth)
            {
                throw new PromptException($"The prompt file '{source}', line {parser.Current!.Start.Line}: nested deeper than {MaximumDepth} levels.");
            }
        }
    }

    private static Dictionary<string, YamlNode> Keys(YamlNode node, string[] known, string source)
    {
        if (node is not YamlMappingNode mapping)
        {
            throw Broken(source, node, $"expected a mapping with the keys {string.Join(", ", known)}");
        }

        Dictionary<string, YamlNode> keys = new(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            string name = Text(key, "key", source);
            if (!known.Contains(name))
            {
                throw Broken(source, key, $"the key '{name}' is unknown. {NearestNames.Describe(name, known)}");
            }

            keys[name] = value;
        }

        return keys;
    }

    private static IList<YamlNode> Items(YamlNode node, string key, string source) =>
        node is YamlSequenceNode sequence ? sequence.Children : throw Broken(source, node, $"'{key}' must be a list");

    private static string Text(YamlNode node, string key, string source) =>
        node is YamlScalarNode { Value: { } value } ? value : throw Broken(source, node, $"'{key}' must be text");

    private static PromptException Broken(string source, YamlNode at, string sentence) =>
        new($"The prompt file '{source}', line {at.Start.Line}: {sentence}{(sentence.EndsWith('.') ? "" : ".")}");
}
