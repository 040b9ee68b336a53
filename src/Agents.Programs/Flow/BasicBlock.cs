namespace Agents.Programs.Flow;

/// <summary>Lines that always run one after the other.</summary>
/// <param name="Id">Number from 0 in reading order.</param>
/// <param name="FirstLine">First line, from 1.</param>
/// <param name="LastLine">Last line.</param>
/// <param name="Source">The lines joined by semicolons.</param>
/// <param name="Successors">Blocks that may follow, in ascending order; empty after a return and at the end.</param>
public sealed record BasicBlock(int Id, int FirstLine, int LastLine, string Source, IReadOnlyList<int> Successors)
{
    /// <summary>Gets whether the last line is the test of a loop or a branch.</summary>
    public bool EndsInTest { get; init; }
}
