using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Agents.Training.Errors;

namespace Agents.Training.Preflight;

/// <summary>What a look at a run before its first step found.</summary>
public sealed record PreflightReport
{
    /// <summary>Gets everything that was found, also what is as it should be.</summary>
    public ImmutableArray<PreflightFinding> Findings { get; init; } = [];

    /// <summary>Gets the settings that were changed.</summary>
    public ImmutableArray<PreflightChange> Changes { get; init; } = [];

    /// <summary>Gets what was measured, by name.</summary>
    public ImmutableSortedDictionary<string, double> Numbers { get; init; } = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>Gets the memory that the run will take; null when it was not planned.</summary>
    public MemoryPlan? Memory { get; init; }

    /// <summary>Gets the verdict: the gravest of all findings, and at least <see cref="PreflightVerdict.Adapt"/> when a setting was changed.</summary>
    public PreflightVerdict Verdict
    {
        get
        {
            PreflightVerdict gravest = Findings.Select(finding => finding.Verdict).DefaultIfEmpty(PreflightVerdict.Go).Max();
            return Changes.IsEmpty || gravest == PreflightVerdict.Refuse ? gravest : PreflightVerdict.Adapt;
        }
    }

    /// <summary>Returns what a setting becomes.</summary>
    /// <param name="setting">Its name, one of the constants of <see cref="PreflightChange"/>.</param>
    /// <param name="asked">What was asked for.</param>
    public long Value(string setting, long asked) => Changes.LastOrDefault(change => change.Setting == setting)?.To ?? asked;

    /// <summary>Puts two reports together.</summary>
    /// <param name="other">The later one.</param>
    public PreflightReport With(PreflightReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new PreflightReport
        {
            Findings = Findings.AddRange(other.Findings),
            Changes = Changes.AddRange(other.Changes),
            Numbers = Numbers.SetItems(other.Numbers),
            Memory = other.Memory ?? Memory,
        };
    }

    /// <summary>Ends here when the run is refused.</summary>
    /// <exception cref="PreflightException">The run is refused; the message has every reason.</exception>
    public void ThrowIfRefused()
    {
        string[] reasons = [.. Findings.Where(finding => finding.Verdict == PreflightVerdict.Refuse).Select(finding => finding.Text)];
        if (reasons.Length > 0)
        {
            throw new PreflightException("The run is refused before its first step: " + string.Join(" ", reasons));
        }
    }

    /// <summary>Returns the report as lines for people.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"preflight: {Name(Verdict)}\n");
        foreach (PreflightFinding finding in Findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Name(finding.Verdict),-7}{finding.Subject,-12}{finding.Text}\n");
        }

        foreach (PreflightChange change in Changes)
        {
            text.Append(CultureInfo.InvariantCulture, $"  changed {change.Setting}: {change.From} -> {change.To}. {change.Reason}\n");
        }

        if (Memory is { } memory)
        {
            text.Append(memory);
        }

        return text.ToString();
    }

    private static string Name(PreflightVerdict verdict) => verdict switch
    {
        PreflightVerdict.Go => "go",
        PreflightVerdict.Warn => "warn",
        PreflightVerdict.Adapt => "adapt",
        _ => "refuse",
    };
}
