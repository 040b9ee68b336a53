using System.Text.Json.Serialization;

namespace Agents.Cli.Documents;

/// <summary>A prompt as the <c>prompts</c> commands show it.</summary>
/// <param name="Name">Name used by strategies.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Variables">Variables of its templates.</param>
/// <param name="Models">Model names it is made for; empty for the general text.</param>
/// <param name="Source">File it comes from.</param>
internal sealed record PromptItem(string Name, string Description, IReadOnlyList<string> Variables, IReadOnlyList<string> Models, string Source)
{
    /// <summary>Gets the version its author gave it.</summary>
    public required int Version { get; init; }

    /// <summary>Gets the start of the hash of roles and templates.</summary>
    public required string Hash { get; init; }

    /// <summary>Gets the version of the file that this one overrides; absent when it overrides none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Overrides { get; init; }

    /// <summary>Gets the text of the file; absent in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}
