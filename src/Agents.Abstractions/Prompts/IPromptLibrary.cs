using Microsoft.Extensions.AI;

namespace Agents.Prompts;

/// <summary>Prompts as data: named YAML files with one template per role message. Rendered text is never parsed for roles.</summary>
public interface IPromptLibrary
{
    /// <summary>Lists all prompts, the user's overrides applied.</summary>
    IReadOnlyList<PromptInfo> List();

    /// <summary>Returns which file a model would get.</summary>
    /// <param name="name">Name, for example <c>self-aggregation/aggregate</c>.</param>
    /// <param name="model">Name of the model that will read it.</param>
    /// <exception cref="PromptException">There is no such prompt; the message names the nearest ones.</exception>
    PromptInfo Find(string name, string? model = null);

    /// <summary>Renders a prompt.</summary>
    /// <param name="name">Name, for example <c>self-aggregation/aggregate</c>.</param>
    /// <param name="variables">Strings, numbers, booleans, and lists or dictionaries of these; anything else is refused.</param>
    /// <param name="model">Name of the model that will read it; a variant made for this model wins over the general text.</param>
    /// <exception cref="PromptException">Unknown name (with the nearest ones), missing variable, or broken template.</exception>
    IReadOnlyList<ChatMessage> Render(string name, IReadOnlyDictionary<string, object?> variables, string? model = null);
}
