namespace Agents.Runtime.Learning;

/// <summary>One part of the training data: a role of a task family, or a file of conversations.</summary>
/// <param name="Family">Id of the task family, or <c>all</c>; null for a file.</param>
/// <param name="Role">Role of the family's data, for example <c>solve</c> or <c>aggregate</c>; null for a file.</param>
/// <param name="File">JSON lines with <c>messages</c>; null for a family.</param>
/// <param name="Weight">Share of the examples, relative to the other entries.</param>
public sealed record MixtureEntry(string? Family, string? Role, string? File, double Weight);
