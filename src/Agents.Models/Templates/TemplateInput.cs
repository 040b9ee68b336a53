using System.Collections.Immutable;
using System.Text.Json;

namespace Agents.Models.Templates;

/// <summary>What a chat template gets besides the turns.</summary>
public sealed record TemplateInput
{
    /// <summary>Gets whether an assistant turn is opened at the end, for the model to write. Default true.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>
    /// Gets the tools the model may call, each in the form <c>{"type": "function", "function": {"name", "description", "parameters"}}</c>. Default none.
    /// </summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>Gets the documents of templates that know such. Default none.</summary>
    public IReadOnlyList<JsonElement> Documents { get; init; } = [];

    /// <summary>
    /// Gets further variables of the template, such as <c>enable_thinking</c>: strings, booleans, numbers, JSON elements, dictionaries and sequences
    /// of them. A template ignores those it does not know.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = ImmutableDictionary<string, object?>.Empty;
}
