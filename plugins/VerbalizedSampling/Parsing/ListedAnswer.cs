namespace Agents.Plugins.VerbalizedSampling.Parsing;

/// <summary>One entry of a list as a model wrote it.</summary>
/// <param name="Text">The answer, never empty.</param>
/// <param name="Weight">The weight as written; null when there is none.</param>
public sealed record ListedAnswer(string Text, string? Weight);
