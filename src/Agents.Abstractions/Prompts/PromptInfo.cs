namespace Agents.Prompts;

/// <summary>One prompt file.</summary>
/// <param name="Name">Name used by strategies, for example <c>self-aggregation/aggregate</c>.</param>
/// <param name="Description">What the prompt is for.</param>
/// <param name="Variables">Variables the templates read.</param>
/// <param name="Models">Model name patterns this variant is made for (<c>tiny-*</c>); empty for the general text.</param>
/// <param name="Source">File it comes from.</param>
public sealed record PromptInfo(string Name, string Description, IReadOnlyList<string> Variables, IReadOnlyList<string> Models, string Source);
