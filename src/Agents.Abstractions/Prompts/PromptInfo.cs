namespace Agents.Prompts;

/// <summary>One prompt file.</summary>
/// <param name="Name">Name used by strategies, for example <c>self-aggregation/aggregate</c>.</param>
/// <param name="Description">What the prompt is for.</param>
/// <param name="Variables">Variables the templates read.</param>
/// <param name="Models">Model name patterns this variant is made for (<c>tiny-*</c>); empty for the general text.</param>
/// <param name="Source">File it comes from.</param>
public sealed record PromptInfo(string Name, string Description, IReadOnlyList<string> Variables, IReadOnlyList<string> Models, string Source)
{
    /// <summary>Gets the version its author gave it: raised whenever its meaning changes.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Gets the first 12 hexadecimal digits of the SHA-256 of roles and templates: what the model reads, whatever the version says.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Gets the version of the file that this one overrides; null when it overrides none.</summary>
    public int? Overrides { get; init; }

    /// <summary>Gets version and hash as traces and datasets name them, for example <c>v2 1f0c9a77e3b4</c>.</summary>
    public string Stamp => $"v{Version} {Hash}";

    /// <summary>Gets whether this file overrides a newer one: it was written for a prompt that has changed since.</summary>
    public bool IsOutdated => Overrides > Version;
}
