using Agents.Prompts;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Prompts;

/// <summary>A prompt file with its templates checked and compiled; compiled when first rendered, once.</summary>
internal sealed class CompiledPrompt
{
    private readonly string[] _needed;
    private readonly Lazy<(ChatRole Role, Func<IReadOnlyDictionary<string, object?>, string> Render)[]> _messages;

    /// <summary>Checks the templates of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="renderer">Compiles on first use.</param>
    /// <exception cref="PromptException">A template is broken or reads an undeclared variable.</exception>
    public CompiledPrompt(PromptFile file, PromptRenderer renderer)
    {
        File = file;
        _needed = [.. file.Variables.Keys];
        Info = new PromptInfo(file.Name, file.Description, [.. file.Variables.Keys], file.Models, file.Source) { Version = file.Version, Hash = file.Fingerprint() };
        foreach (PromptMessage message in file.Messages)
        {
            foreach (string variable in PromptSyntax.Check(message.Template, Place(message)))
            {
                if (!file.Variables.ContainsKey(variable))
                {
                    throw new PromptException(
                        $"{Place(message)}: the template reads '{variable}', which input_variables does not declare. {NearestNames.Describe(variable, [.. file.Variables.Keys])}");
                }
            }
        }

        _messages = new(() => [.. file.Messages.Select(message => (message.Role, renderer.Compile(message.Template, Place(message))))]);
    }

    /// <summary>Gets the file.</summary>
    public PromptFile File { get; }

    /// <summary>Gets its description.</summary>
    public PromptInfo Info { get; private set; }

    /// <summary>Notes that this file stands in for another of the same name and variant.</summary>
    /// <param name="replaced">The file that is not used.</param>
    public void Override(PromptFile replaced) => Info = Info with { Overrides = Math.Max(Info.Overrides ?? 0, replaced.Version) };

    /// <summary>Renders all messages.</summary>
    /// <param name="variables">Values of at least all declared variables.</param>
    public IReadOnlyList<ChatMessage> Render(IReadOnlyDictionary<string, object?> variables)
    {
        foreach (string name in _needed)
        {
            if (!variables.ContainsKey(name))
            {
                throw Missing(variables);
            }
        }

        Dictionary<string, object?> values = PromptValues.Of(variables);
        (ChatRole Role, Func<IReadOnlyDictionary<string, object?>, string> Render)[] compiled = _messages.Value;
        var messages = new ChatMessage[compiled.Length];
        for (int i = 0; i < messages.Length; i++)
        {
            messages[i] = new ChatMessage(compiled[i].Role, compiled[i].Render(values));
        }

        return messages;
    }

    private PromptException Missing(IReadOnlyDictionary<string, object?> variables)
    {
        string[] missing = [.. _needed.Where(name => !variables.ContainsKey(name))];
        return new PromptException(
            $"The prompt '{File.Name}' ({File.Source}) needs the variable{(missing.Length > 1 ? "s" : "")} {string.Join(", ", missing.Select(name => $"'{name}'"))}; given: {(variables.Count == 0 ? "none" : string.Join(", ", variables.Keys))}.");
    }

    private string Place(PromptMessage message) => $"The prompt '{File.Name}' ({File.Source}, line {message.Line})";
}
