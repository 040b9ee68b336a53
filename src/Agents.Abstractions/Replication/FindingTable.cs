namespace Agents.Replication;

/// <summary>A table of the report.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">Headers.</param>
/// <param name="Rows">Cells, as many per row as there are headers.</param>
public sealed record FindingTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
