using Agents.Replication;
using Agents.Runtime.Replication;
using Agents.Runtime.Replication.Reports;

namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents replicate PAPER</c>; for <c>all</c> one per replication.</summary>
/// <param name="Paper">Number of the specification.</param>
/// <param name="Profile">quick or full.</param>
/// <param name="Metric">What is compared.</param>
/// <param name="Baseline">Arm compared against.</param>
/// <param name="Method">Arm in question.</param>
/// <param name="Difference">Mean of the method minus mean of the baseline.</param>
/// <param name="Confidence95">Its bootstrap interval as [low, high].</param>
/// <param name="MinimumDetectableEffect">The smallest difference that would be found with 80 % power.</param>
/// <param name="Verdict">shown, shownAgainstSome, notShown or underpowered.</param>
internal sealed record ReplicateDocument(
    string Paper,
    string Profile,
    string Metric,
    string Baseline,
    string Method,
    double Difference,
    IReadOnlyList<double> Confidence95,
    double MinimumDetectableEffect,
    string Verdict)
{
    /// <summary>Gets the title of the paper.</summary>
    public required string Title { get; init; }

    /// <summary>Gets why the verdict is what it is.</summary>
    public required string Explanation { get; init; }

    /// <summary>Gets the seeds.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Gets the name of the model under test.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the hash of its weights.</summary>
    public required string Generation { get; init; }

    /// <summary>Gets all arms.</summary>
    public required IReadOnlyList<ArmSummary> Arms { get; init; }

    /// <summary>Gets all comparisons.</summary>
    public required IReadOnlyList<ArmComparison> Comparisons { get; init; }

    /// <summary>Gets the expectations of the specification.</summary>
    public required IReadOnlyList<FindingCheck> Checks { get; init; }

    /// <summary>Gets the seconds of work, those of stopped runs in the same folder included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the run folder.</summary>
    public required string Output { get; init; }

    /// <summary>Gets the path of the report; null when none was asked for.</summary>
    public string? Report { get; init; }

    /// <summary>Describes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="findings">The same as a document.</param>
    /// <param name="report">Path of the report; null for none.</param>
    public static ReplicateDocument Of(ReplicationResult result, FindingsDocument findings, string? report) => new(
        findings.Paper,
        findings.Profile,
        findings.Metric,
        findings.Primary.Baseline,
        findings.Primary.Method,
        findings.Primary.Difference,
        [findings.Primary.Low, findings.Primary.High],
        findings.Primary.MinimumDetectableEffect,
        findings.Verdict)
    {
        Title = findings.Title,
        Explanation = findings.Explanation,
        Seeds = findings.Seeds,
        Model = findings.Model,
        Generation = findings.Generation,
        Arms = findings.Arms,
        Comparisons = findings.Comparisons,
        Checks = findings.Checks,
        Seconds = findings.Seconds,
        Output = result.Folder,
        Report = report,
    };
}
