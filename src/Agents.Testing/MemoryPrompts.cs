using Agents.Runtime.Prompts;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>Prompt libraries without files.</summary>
public static class MemoryPrompts
{
    /// <summary>Gets a library without prompts.</summary>
    public static PromptLibrary Empty { get; } = new([]);

    /// <summary>Creates a library of one-message prompts (role user); every variable a template reads at its top level must be named.</summary>
    /// <param name="prompts">Name, template and variables of each prompt.</param>
    public static PromptLibrary Of(params IReadOnlyList<(string Name, string Template, string[] Variables)> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        return new PromptLibrary(prompts.Select(prompt => new PromptFile
        {
            Name = prompt.Name,
            Variables = prompt.Variables.ToDictionary(name => name, _ => ""),
            Messages = [new PromptMessage(ChatRole.User, prompt.Template)],
        }));
    }

    /// <summary>Creates a library of YAML texts, as they would stand in files.</summary>
    /// <param name="files">Name and text of each file.</param>
    public static PromptLibrary OfYaml(params IReadOnlyList<(string Name, string Yaml)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new PromptLibrary(files.Select(file => PromptFileReader.Parse(file.Yaml, file.Name)));
    }
}
