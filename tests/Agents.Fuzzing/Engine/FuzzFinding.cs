namespace Agents.Fuzzing.Engine;

/// <summary>An input that broke a promise.</summary>
/// <param name="Kind">Which promise.</param>
/// <param name="Input">The input.</param>
/// <param name="Description">Error, bytes or time.</param>
public sealed record FuzzFinding(FuzzFindingKind Kind, byte[] Input, string Description);
