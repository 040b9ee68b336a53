using Agents.Runtime.Datasets;

namespace Agents.Cli.Documents;

/// <summary>Result of <c>agents data build</c>.</summary>
/// <param name="Files">The training sets.</param>
/// <param name="Report">What was kept, and what was dropped and why.</param>
internal sealed record DataBuildDocument(IReadOnlyList<string> Files, DatasetReport Report);
