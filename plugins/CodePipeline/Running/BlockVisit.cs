namespace Agents.Plugins.CodePipeline.Running;

/// <summary>One execution of a basic block: an element of the trace's data contract (papers/62 §4).</summary>
/// <param name="BlockId">Number of the block, from 0 in source order.</param>
/// <param name="FirstLine">First line of the block in the program, from 1.</param>
/// <param name="LastLine">Last line, inclusive.</param>
/// <param name="Source">The block's statements, without indentation, on one line.</param>
/// <param name="StateAfter">The local variables after the block, name to value text, in order of their appearance.</param>
public sealed record BlockVisit(int BlockId, int FirstLine, int LastLine, string Source, IReadOnlyDictionary<string, string> StateAfter)
{
    /// <summary>Gets which way the test at the end of the block went; null where it does not end in one, and where the runner does not know.</summary>
    public bool? Outcome { get; init; }

    /// <summary>Gets whether the block stopped in its middle, with the error of the trace.</summary>
    public bool Failed { get; init; }
}
