namespace Agents.Programs.Flow;

/// <summary>One execution of a basic block: the data contract of traces in all languages.</summary>
/// <param name="BlockId">Number of the block in its function.</param>
/// <param name="FirstLine">First line of the block, from 1.</param>
/// <param name="LastLine">Last line of the block.</param>
/// <param name="Source">Its source.</param>
/// <param name="StateAfter">Local variables after it, values as text, shortened (<see cref="ValueText"/>). Parameters that the function never assigns are left out: the call shows them.</param>
public sealed record BlockVisit(int BlockId, int FirstLine, int LastLine, string Source, IReadOnlyDictionary<string, string> StateAfter)
{
    /// <summary>Gets which way the test at the end of the block went; null for blocks that end otherwise, and where it is not known.</summary>
    public bool? Outcome { get; init; }

    /// <summary>Gets whether the block stopped in the middle, with a failure.</summary>
    public bool Failed { get; init; }
}
