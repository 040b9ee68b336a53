using Agents.Prompts;
using Agents.Runtime.Yaml;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Prompts;

/// <summary>Reads prompt files. An unknown key is an error that names the nearest known one and the line: a misspelt key would otherwise be ignored in silence.</summary>
public static class PromptFileReader
{
    /// <summary>Largest accepted prompt file in bytes.</summary>
    public const int MaximumBytes = 256 * 1024;

    private static readonly string[] FileKeys = ["name", "version", "description", "models", "input_variables", "messages", "template_format"];
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
        try
        {
            return Read(YamlMap.Parse(yaml, source, FileKeys), name, source);
        }
        catch (YamlFormatException error)
        {
            throw new PromptException("The prompt file " + error.Message, error);
        }
    }

    private static PromptFile Read(YamlMap file, string name, string source)
    {
        _ = file.Choice("template_format", "handlebars");
        string written = file.Text("name", name);
        if (written != name && written != name[(name.LastIndexOf('/') + 1)..])
        {
            throw file.Broken("name", $"is '{written}', but the file's place makes it '{name}'; write the same or remove the key");
        }

        PromptMessage[] messages = [.. file.Maps("messages", MessageKeys).Select(Message)];
        return new PromptFile
        {
            Name = name,
            Version = Version(file),
            Description = file.Text("description", ""),
            Models = file.Texts("models"),
            Variables = Variables(file),
            Messages = messages.Length > 0 ? messages : throw file.Broken("messages", "is empty; a prompt has at least one message"),
            Source = source,
        };
    }

    private static int Version(YamlMap file)
    {
        int version = file.Int32("version", 1);
        return version >= 1 ? version : throw file.Broken("version", $"is {version}; versions count from 1");
    }

    private static Dictionary<string, string> Variables(YamlMap file)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        if (file.Has("input_variables"))
        {
            foreach (YamlMap item in file.Maps("input_variables", VariableKeys))
            {
                string name = item.Text("name");
                if (!variables.TryAdd(name, item.Text("description", "")))
                {
                    throw item.Broken("name", $"is '{name}', which is declared twice");
                }
            }
        }

        return variables;
    }

    private static PromptMessage Message(YamlMap item)
    {
        string role = item.Text("role");
        if (!Roles.Contains(role))
        {
            throw item.Broken("role", $"is '{role}'. {NearestNames.Describe(role, Roles)}");
        }

        // Editors end files and blocks with a newline; a model would see it as part of the message.
        string text = item.Text("template").ReplaceLineEndings("\n").TrimEnd('\n');
        return new PromptMessage(new ChatRole(role), text, item.Line("template"));
    }
}
