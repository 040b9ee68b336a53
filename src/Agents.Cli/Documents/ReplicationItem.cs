namespace Agents.Cli.Documents;

/// <summary>A replication that can be run.</summary>
/// <param name="Paper">What the command takes.</param>
/// <param name="Name">Id of the strategy.</param>
/// <param name="Title">Title of the paper.</param>
/// <param name="Claim">The claim under test.</param>
/// <param name="Metric">What is compared.</param>
internal sealed record ReplicationItem(string Paper, string Name, string Title, string Claim, string Metric);
