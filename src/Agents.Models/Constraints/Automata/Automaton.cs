using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Automata;

/// <summary>
/// The deterministic automaton of a grammar, built as far as it is visited. States are sets of positions with their stacks. Every state can be completed
/// within the depth limit, one byte at a time. Memory is bounded: when there are too many states all are forgotten and found again. Not safe for concurrent calls.
/// </summary>
internal sealed class Automaton
{
    private const int MaximumStates = 1 << 15;
    private const int MaximumPositions = 1 << 20;
    private const int MaximumStacks = 1 << 18;

    private readonly GrammarAnalysis _analysis;
    private readonly Grammar _grammar;
    private readonly byte[] _byteOfClass;
    private readonly AutomatonState _dead = new([], false, GrammarAnalysis.Never, 0);
    private readonly HashSet<AutomatonState> _states = new(PositionsComparer.Instance);
    private readonly Dictionary<(int Return, int Parent), StackNode> _stacks = [];
    private readonly HashSet<(int State, int Stack)> _visited = [];
    private readonly Stack<Position> _open = [];
    private readonly List<Position> _found = [];
    private int _nextStack = 2;
    private long _positions;

    public Automaton(GrammarAnalysis analysis, int depthLimit)
    {
        _analysis = analysis;
        _grammar = analysis.Grammar;
        DepthLimit = depthLimit;
        _byteOfClass = new byte[analysis.ClassCount];
        for (int value = 255; value >= 0; value--)
        {
            _byteOfClass[analysis.ClassOf((byte)value)] = (byte)value;
        }

        int start = _grammar.Rules[0].Start;
        int need = analysis.Depth(start);
        if (need > depthLimit)
        {
            throw new ConstraintException($"The constraint needs values nested at least {need} levels deep; {depthLimit} are supported.");
        }

        Start = Close([new Position(start, Bottom)]);
    }

    /// <summary>Gets the stack without any call.</summary>
    public StackNode Bottom { get; } = new(0, -1, null, 0, 0);

    /// <summary>Gets a bottom under which the rest of a stack is unknown.</summary>
    public StackNode Unknown { get; } = new(1, -1, null, StackNode.UnknownDepth, 0);

    /// <summary>Gets the state before any text.</summary>
    public AutomatonState Start { get; }

    public int DepthLimit { get; }

    /// <summary>Gets the number of times everything was forgotten.</summary>
    public int Epoch { get; private set; }

    /// <summary>Gets the number of positions looked at so far, as a measure of work.</summary>
    public long Work { get; private set; }

    /// <summary>The state behind a byte; a dead one when the byte does not fit.</summary>
    public AutomatonState Step(AutomatonState state, byte value)
    {
        Refresh(state);
        int kind = _analysis.ClassOf(value);
        AutomatonState?[] next = state.Next ??= new AutomatonState?[_byteOfClass.Length];
        return next[kind] ??= Advance(state, _byteOfClass[kind]);
    }

    /// <summary>The state that consists of some positions and whatever follows from them without reading.</summary>
    public AutomatonState Close(ReadOnlySpan<Position> positions)
    {
        _visited.Clear();
        _found.Clear();
        foreach (Position position in positions)
        {
            _open.Push(position);
        }

        bool completes = Spread();
        return Intern(completes);
    }

    /// <summary>Drops derived data of an earlier epoch.</summary>
    public void Refresh(AutomatonState state)
    {
        if (state.Epoch != Epoch)
        {
            state.Next = null;
            state.Mask = null;
            state.Local = null;
            state.Epoch = Epoch;
        }
    }

    /// <summary>Forgets all states but those in use.</summary>
    public void Forget()
    {
        Epoch++;
        _states.Clear();
        _stacks.Clear();
        _positions = 0;
    }

    private AutomatonState Advance(AutomatonState state, byte value)
    {
        if (!_analysis.HasByte[value])
        {
            return _dead;
        }

        _visited.Clear();
        _found.Clear();
        foreach (Position position in state.Positions)
        {
            foreach (ref readonly GrammarEdge edge in _grammar.EdgesOf(position.State))
            {
                if (edge.Kind == GrammarEdgeKind.Bytes && value >= edge.First && value <= edge.Last)
                {
                    _open.Push(new Position(edge.To, position.Stack));
                }
            }
        }

        Work += state.Positions.Length;
        return _open.Count == 0 ? _dead : Intern(Spread());
    }

    /// <summary>Follows edges that read nothing.</summary>
    /// <returns>Whether the bottom was reached.</returns>
    private bool Spread()
    {
        bool completes = false;
        while (_open.TryPop(out Position position))
        {
            (int state, StackNode stack) = position;
            if (_analysis.Distance(state) == GrammarAnalysis.Never
                || stack.Depth + _analysis.Depth(state) > DepthLimit
                || !_visited.Add((state, stack.Id)))
            {
                continue;
            }

            Work++;
            if (_grammar.IsEnd(state))
            {
                if (stack.IsBottom)
                {
                    completes = true;
                }
                else
                {
                    _open.Push(new Position(stack.Return, stack.Parent!));
                }

                continue;
            }

            bool reads = false;
            foreach (ref readonly GrammarEdge edge in _grammar.EdgesOf(state))
            {
                switch (edge.Kind)
                {
                    case GrammarEdgeKind.Bytes:
                        reads = true;
                        break;
                    case GrammarEdgeKind.Empty:
                        _open.Push(new Position(edge.To, stack));
                        break;
                    default:
                        if (_analysis.Distance(edge.To) != GrammarAnalysis.Never && stack.Depth + _analysis.Depth(edge.To) <= DepthLimit)
                        {
                            _open.Push(new Position(_grammar.Rules[edge.First].Start, Push(edge.To, stack)));
                        }

                        break;
                }
            }

            if (reads)
            {
                _found.Add(position);
            }
        }

        return completes;
    }

    private StackNode Push(int @return, StackNode parent)
    {
        if (!_stacks.TryGetValue((@return, parent.Id), out StackNode? node))
        {
            node = new StackNode(_nextStack++, @return, parent, parent.Depth + 1, parent.Distance + _analysis.Distance(@return));
            _stacks.Add((@return, parent.Id), node);
        }

        return node;
    }

    private AutomatonState Intern(bool completes)
    {
        if (_found.Count == 0 && !completes)
        {
            return _dead;
        }

        _found.Sort();
        long distance = completes ? 0 : long.MaxValue;
        int need = int.MinValue;
        foreach ((int state, StackNode stack) in _found)
        {
            distance = Math.Min(distance, stack.Distance + _analysis.Distance(state));
            need = Math.Max(need, stack.Depth + _analysis.Depth(state));
        }

        AutomatonState made = new([.. _found], completes, distance, need) { Epoch = Epoch };
        if (_states.TryGetValue(made, out AutomatonState? known))
        {
            return known;
        }

        if (_states.Count >= MaximumStates || _positions > MaximumPositions || _stacks.Count > MaximumStacks)
        {
            Forget();
            made.Epoch = Epoch;
        }

        _positions += made.Positions.Length;
        _states.Add(made);
        return made;
    }
}
