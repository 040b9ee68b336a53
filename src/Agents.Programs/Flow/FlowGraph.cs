namespace Agents.Programs.Flow;

/// <summary>The control-flow graph of a program in basic blocks. The test of a loop is a block of its own; the test of a branch ends the block before it.</summary>
public sealed class FlowGraph
{
    private readonly int[] _blockOfLine;

    internal FlowGraph(IReadOnlyList<BasicBlock> blocks, int[] blockOfLine)
    {
        Blocks = blocks;
        _blockOfLine = blockOfLine;
    }

    /// <summary>Gets the blocks by id.</summary>
    public IReadOnlyList<BasicBlock> Blocks { get; }

    /// <summary>Builds the graph of a program.</summary>
    /// <param name="program">The program.</param>
    public static FlowGraph Of(MiniProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new FlowBuilder(program).Build();
    }

    /// <summary>Returns the block of a line.</summary>
    /// <param name="line">Line from 1.</param>
    public BasicBlock BlockOf(int line) => Blocks[_blockOfLine[line]];
}
