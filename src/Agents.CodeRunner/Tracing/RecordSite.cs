namespace Agents.CodeRunner.Tracing;

/// <summary>A place in the traced function that reports a block.</summary>
/// <param name="Block">Number of the block.</param>
/// <param name="FirstLine">First line of the block.</param>
/// <param name="LastLine">Last line of the block.</param>
/// <param name="Source">Its lines without indentation, joined by a blank.</param>
/// <param name="Names">The variables whose values are handed over, in this order.</param>
internal sealed record RecordSite(int Block, int FirstLine, int LastLine, string Source, IReadOnlyList<string> Names);
