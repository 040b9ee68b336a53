namespace Agents.Cli.Documents;

/// <summary>One check.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Ok">Whether it passed.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What to do; null when it passed.</param>
internal sealed record DoctorCheck(string Id, bool Ok, string Detail, string? Fix = null);
