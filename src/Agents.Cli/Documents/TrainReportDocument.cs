namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents train report</c>.</summary>
internal sealed record TrainReportDocument
{
    /// <summary>Gets the page.</summary>
    public required string Report { get; init; }
}
