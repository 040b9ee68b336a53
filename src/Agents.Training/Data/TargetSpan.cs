namespace Agents.Training.Data;

/// <summary>Some consecutive tokens of a sequence that are learned.</summary>
/// <param name="Start">First token that is learned.</param>
/// <param name="Count">Number of tokens.</param>
public readonly record struct TargetSpan(int Start, int Count);
