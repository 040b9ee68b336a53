namespace Agents.Fuzzing.Engine;

/// <summary>What a run did.</summary>
/// <param name="Inputs">Inputs read.</param>
/// <param name="Accepted">Inputs read without an error.</param>
/// <param name="Behaviours">Different outcomes seen: acceptance, and each place at which the reader refuses.</param>
/// <param name="Seconds">Time taken.</param>
/// <param name="Finding">The first broken promise, at which the run stopped; null when there was none.</param>
/// <param name="Discoveries">The changed inputs that showed something new: good starting points for later runs.</param>
public sealed record FuzzReport(long Inputs, long Accepted, int Behaviours, double Seconds, FuzzFinding? Finding, IReadOnlyList<byte[]> Discoveries);
