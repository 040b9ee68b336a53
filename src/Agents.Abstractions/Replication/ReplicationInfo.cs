namespace Agents.Replication;

/// <summary>What a replication checks.</summary>
/// <param name="Paper">Number of the specification, for example <c>33</c>: what the command line takes.</param>
/// <param name="Name">Id of the strategy, for example <c>malt</c>; names the result file.</param>
/// <param name="Title">Title of the paper.</param>
/// <param name="Claim">The claim under test, in one sentence.</param>
public sealed record ReplicationInfo(string Paper, string Name, string Title, string Claim)
{
    /// <summary>Gets what is compared, for example <c>accuracy</c>.</summary>
    public string Metric { get; init; } = "accuracy";
}
