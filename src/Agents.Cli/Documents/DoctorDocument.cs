namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents doctor</c>.</summary>
/// <param name="Healthy">Whether every check passed.</param>
/// <param name="Checks">The checks, in order.</param>
internal sealed record DoctorDocument(bool Healthy, IReadOnlyList<DoctorCheck> Checks);
