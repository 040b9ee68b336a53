using Agents.Replication;
using Agents.Runtime.Reasoning;

namespace Agents.Runtime.Replication.Reports;

/// <summary>Everything that a report says, as the JSON file beside it: reports and the summary of all are written from these files alone.</summary>
public sealed record FindingsDocument
{
    /// <summary>Gets the version of the format.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>Gets the number of the specification.</summary>
    public required string Paper { get; init; }

    /// <summary>Gets the id of the strategy.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the title of the paper.</summary>
    public required string Title { get; init; }

    /// <summary>Gets the claim.</summary>
    public required string Claim { get; init; }

    /// <summary>Gets the profile: <c>quick</c> or <c>full</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>Gets the seeds.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Gets the name of the model under test.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the hash of its weights.</summary>
    public required string Generation { get; init; }

    /// <summary>Gets what is compared.</summary>
    public required string Metric { get; init; }

    /// <summary>Gets the verdict: <c>shown</c>, <c>shownAgainstSome</c>, <c>notShown</c> or <c>underpowered</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Gets why.</summary>
    public required string Explanation { get; init; }

    /// <summary>Gets the comparison that stands for the claim.</summary>
    public required ArmComparison Primary { get; init; }

    /// <summary>Gets all comparisons.</summary>
    public required IReadOnlyList<ArmComparison> Comparisons { get; init; }

    /// <summary>Gets all arms.</summary>
    public required IReadOnlyList<ArmSummary> Arms { get; init; }

    /// <summary>Gets the expectations of the specification.</summary>
    public required IReadOnlyList<FindingCheck> Checks { get; init; }

    /// <summary>Gets further tables.</summary>
    public required IReadOnlyList<FindingTable> Tables { get; init; }

    /// <summary>Gets data, sizes and settings.</summary>
    public required IReadOnlyList<string> Setup { get; init; }

    /// <summary>Gets what else is worth knowing.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Gets the seconds of work.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the name of the files, without extension: quick runs never replace full ones.</summary>
    public string FileName => $"{Paper}-{Name}{(Profile == "full" ? "" : "-" + Profile)}";

    /// <summary>Gets the command that repeats the run.</summary>
    public string Command => $"agents replicate {Paper} --profile {Profile}{(Seeds.Count == (Profile == "full" ? LaboratoryOptions.FullSeeds : 1) ? "" : $" --seeds {Seeds.Count}")}";

    /// <summary>Describes a result.</summary>
    /// <param name="result">The result.</param>
    public static FindingsDocument Of(ReplicationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        ReplicationFindings findings = result.Findings;
        return new FindingsDocument
        {
            Paper = result.Info.Paper,
            Name = result.Info.Name,
            Title = result.Info.Title,
            Claim = result.Info.Claim,
            Profile = JsonNames.Camel(result.Profile),
            Seeds = result.Seeds,
            Model = result.Model,
            Generation = result.Generation,
            Metric = result.Info.Metric,
            Verdict = JsonNames.Camel(findings.Verdict),
            Explanation = findings.Explanation,
            Primary = findings.Primary,
            Comparisons = findings.Comparisons,
            Arms = [.. findings.Arms.GroupBy(run => run.Arm).Select(runs => ArmSummary.Of([.. runs], result.Info.Metric))],
            Checks = findings.Checks,
            Tables = findings.Tables,
            Setup = findings.Setup,
            Notes = findings.Notes,
            Seconds = result.Seconds,
        };
    }
}
