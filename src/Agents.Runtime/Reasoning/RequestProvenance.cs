using Agents.Verification;

namespace Agents.Runtime.Reasoning;

/// <summary>Where a task comes from, for records of finished requests. Nothing of it reaches a strategy.</summary>
public sealed record RequestProvenance
{
    /// <summary>Gets the provenance of requests that name none.</summary>
    public static RequestProvenance Application { get; } = new();

    /// <summary>Gets what asked, for example <c>application</c>, <c>ask</c> or <c>eval</c>.</summary>
    public string Source { get; init; } = "application";

    /// <summary>Gets whether the request may be recorded where recording is on. Default true.</summary>
    public bool MayRecord { get; init; } = true;

    /// <summary>Gets the task family or question file; null when it is no known task.</summary>
    public string? Family { get; init; }

    /// <summary>Gets the part of the family, for example <c>train</c>; null when it has none.</summary>
    public string? Split { get; init; }

    /// <summary>Gets the right answer; null when none is known.</summary>
    public string? Reference { get; init; }

    /// <summary>Gets who judges the texts of a finished request, kept and discarded ones; null for nobody.</summary>
    public IVerifier? Judge { get; init; }
}
