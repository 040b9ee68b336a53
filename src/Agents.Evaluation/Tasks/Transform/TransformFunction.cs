namespace Agents.Evaluation.Tasks.Transform;

/// <summary>An atomic string function under an opaque name.</summary>
/// <param name="Name">The name questions use; it says nothing about the behaviour.</param>
/// <param name="Behaviour">What it does, for people.</param>
/// <param name="Apply">The function; its input has at least one letter.</param>
public sealed record TransformFunction(string Name, string Behaviour, Func<string, string> Apply);
