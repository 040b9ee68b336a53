namespace Agents.Testing;

/// <summary>One possible answer of a scripted model.</summary>
/// <param name="Text">The text.</param>
/// <param name="Weight">Its share relative to the other answers of its rule; positive.</param>
public sealed record ScriptedAnswer(string Text, double Weight = 1);
