namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents tokenize</c>.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Pieces">Their texts; bytes that are not complete UTF-8 are shown as <c>&lt;0xE2&gt;</c>.</param>
internal sealed record TokenizeDocument(IReadOnlyList<int> Ids, IReadOnlyList<string> Pieces);
