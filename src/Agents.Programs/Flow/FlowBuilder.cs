using Agents.Programs.Syntax;

namespace Agents.Programs.Flow;

/// <summary>Cuts a program into basic blocks. Code after a return gets blocks without predecessors.</summary>
internal sealed class FlowBuilder(MiniProgram program)
{
    private readonly List<Draft> _blocks = [];
    private readonly int[] _blockOfLine = new int[program.Lines + 1];
    private readonly List<int> _pending = [];
    private Draft? _open;

    public FlowGraph Build()
    {
        Walk(program.Body);
        BasicBlock[] blocks = [.. _blocks.Select((draft, id) => new BasicBlock(id, draft.First, draft.Last, string.Join(';', draft.Lines), [.. draft.Successors]) { EndsInTest = draft.EndsInTest })];
        return new FlowGraph(blocks, _blockOfLine);
    }

    private void Walk(IReadOnlyList<Statement> statements)
    {
        foreach (Statement statement in statements)
        {
            switch (statement)
            {
                case WhileStatement loop:
                    Close();
                    int test = Add(loop);
                    EndInTest();
                    Branch(loop.Body);
                    Close();
                    foreach (int end in _pending)
                    {
                        _blocks[end].Successors.Add(test);
                    }

                    _pending.Clear();
                    _pending.Add(test);
                    break;
                case IfStatement branch:
                    int tested = Add(branch);
                    EndInTest();
                    Branch(branch.Then);
                    Close();
                    int[] ends = [.. _pending];
                    _pending.Clear();
                    _pending.Add(tested);
                    if (branch.Otherwise is not null)
                    {
                        Branch(branch.Otherwise);
                        Close();
                    }

                    _pending.AddRange(ends);
                    break;
                case ReturnStatement:
                    Add(statement);
                    _open = null;
                    break;
                default:
                    Add(statement);
                    break;
            }
        }
    }

    private void Branch(IReadOnlyList<Statement> body)
    {
        Close();
        Walk(body);
    }

    private int Add(Statement statement)
    {
        if (_open is null)
        {
            _open = new Draft(statement.Line);
            foreach (int from in _pending)
            {
                _blocks[from].Successors.Add(_blocks.Count);
            }

            _pending.Clear();
            _blocks.Add(_open);
        }

        _open.Last = statement.Line;
        _open.Lines.Add(Printer.Line(program.Names, statement));
        _blockOfLine[statement.Line] = _blocks.Count - 1;
        return _blocks.Count - 1;
    }

    private void EndInTest() => _open!.EndsInTest = true;

    /// <summary>Ends the open block; what comes next follows it.</summary>
    private void Close()
    {
        if (_open is not null)
        {
            _pending.Add(_blocks.IndexOf(_open));
            _open = null;
        }
    }

    private sealed class Draft(int line)
    {
        public int First { get; } = line;

        public int Last { get; set; } = line;

        public List<string> Lines { get; } = [];

        public SortedSet<int> Successors { get; } = [];

        public bool EndsInTest { get; set; }
    }
}
