namespace Agents.Fuzzing.Targets;

/// <summary>A constrained sample has no way on: a broken promise, not a named error.</summary>
/// <param name="message">Where.</param>
public sealed class StuckException(string message) : Exception(message);
