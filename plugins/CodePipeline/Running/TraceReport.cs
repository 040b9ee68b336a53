namespace Agents.Plugins.CodePipeline.Running;

/// <summary>A traced call.</summary>
/// <param name="Visits">Block visits in order; where there were very many, runners keep the first and the last.</param>
/// <param name="Total">How many visits there were.</param>
/// <param name="Result">What the call gave, as text; null when it gave nothing.</param>
/// <param name="Error">Why the trace is missing or ends early; null when the call returned.</param>
public sealed record TraceReport(IReadOnlyList<BlockVisit> Visits, int Total, string? Result = null, string? Error = null)
{
    /// <summary>Creates the report of a call that could not be traced.</summary>
    /// <param name="error">Why; it takes the trace's place in the prompt.</param>
    public static TraceReport Failed(string error) => new([], 0, null, error);
}
