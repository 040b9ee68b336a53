namespace Agents.Models.Constraints.Grammars;

/// <summary>What follows from a grammar and the bytes that a vocabulary has tokens for: which states can still be completed, how soon, and how deep.</summary>
internal sealed class GrammarAnalysis
{
    /// <summary>Marks states from which the rule cannot be completed.</summary>
    public const int Never = int.MaxValue;

    private readonly int[] _distances;
    private readonly int[] _depths;
    private readonly int[] _representatives;
    private readonly byte[] _classOfByte = new byte[256];

    /// <summary>Analyses a grammar.</summary>
    /// <param name="grammar">The grammar.</param>
    /// <param name="hasByte">Whether a vocabulary has a token of just this byte; other bytes are never read, so that nothing gets stuck.</param>
    /// <param name="longestToken">Length of the longest token in bytes.</param>
    /// <exception cref="ConstraintException">A rule calls itself without reading anything, or no text satisfies the grammar.</exception>
    public GrammarAnalysis(Grammar grammar, ReadOnlySpan<bool> hasByte, int longestToken)
    {
        Grammar = grammar;
        HasByte = hasByte.ToArray();
        _distances = Complete(static (own, rest) => own + rest, 1, 0);
        int start = grammar.Rules[0].Start;
        RequireProgress();
        if (_distances[start] == Never)
        {
            throw new ConstraintException("No text satisfies the constraint: its parts contradict each other, it is infinite, or the vocabulary lacks a byte it needs.");
        }

        _depths = Complete(Math.Max, 0, 1);
        _representatives = new int[grammar.StateCount];
        for (int state = 0; state < _representatives.Length; state++)
        {
            _representatives[state] = state;
        }

        foreach (RepetitionChain chain in grammar.Chains)
        {
            for (int state = chain.First; state < chain.First + (chain.Stride * chain.Maximum); state++)
            {
                _representatives[state] = chain.Representative(_representatives[state], longestToken);
            }
        }

        ClassCount = Classify();
    }

    public Grammar Grammar { get; }

    public bool[] HasByte { get; }

    /// <summary>Gets the number of classes of bytes that all edges treat alike.</summary>
    public int ClassCount { get; }

    public int ClassOf(byte value) => _classOfByte[value];

    /// <summary>Fewest bytes until the rule of a state is through; <see cref="Never"/> when it cannot be.</summary>
    public int Distance(int state) => _distances[state];

    /// <summary>Least depth of calls with which the rule of a state can be completed.</summary>
    public int Depth(int state) => _depths[state];

    /// <summary>A state in whose place the same tokens are allowed.</summary>
    public int Representative(int state) => _representatives[state];

    /// <summary>Cheapest completion of every state (Knuth's generalization of Dijkstra's algorithm: a call costs its rule and what comes behind it).</summary>
    private int[] Complete(Func<int, int, int> join, int byteCost, int callCost)
    {
        Grammar grammar = Grammar;
        int states = grammar.StateCount;
        var costs = new int[states];
        var final = new bool[states];
        Array.Fill(costs, Never);
        var incoming = new List<GrammarEdge>[states];
        var callers = new List<GrammarEdge>?[grammar.Rules.Length];
        var ruleOfStart = new Dictionary<int, int>();
        foreach (GrammarEdge edge in grammar.Edges)
        {
            (incoming[edge.To] ??= []).Add(edge);
            if (edge.Kind == GrammarEdgeKind.Call)
            {
                (callers[edge.First] ??= []).Add(edge);
            }
        }

        PriorityQueue<int, int> open = new();
        for (int rule = 0; rule < grammar.Rules.Length; rule++)
        {
            ruleOfStart[grammar.Rules[rule].Start] = rule;
            costs[grammar.Rules[rule].End] = 0;
            open.Enqueue(grammar.Rules[rule].End, 0);
        }

        void Offer(int state, long cost)
        {
            if (cost < costs[state])
            {
                costs[state] = (int)cost;
                open.Enqueue(state, (int)cost);
            }
        }

        while (open.TryDequeue(out int state, out int cost))
        {
            if (final[state] || cost > costs[state])
            {
                continue;
            }

            final[state] = true;
            foreach (GrammarEdge edge in incoming[state] ?? [])
            {
                switch (edge.Kind)
                {
                    case GrammarEdgeKind.Empty:
                        Offer(edge.From, cost);
                        break;
                    case GrammarEdgeKind.Bytes when HasByte.AsSpan(edge.First..(edge.Last + 1)).Contains(true):
                        Offer(edge.From, (long)cost + byteCost);
                        break;
                    case GrammarEdgeKind.Call when final[grammar.Rules[edge.First].Start]:
                        Offer(edge.From, join(costs[grammar.Rules[edge.First].Start] + callCost, cost));
                        break;
                    default:
                        break;
                }
            }

            if (ruleOfStart.TryGetValue(state, out int rule))
            {
                foreach (GrammarEdge edge in callers[rule] ?? [])
                {
                    if (final[edge.To])
                    {
                        Offer(edge.From, join(cost + callCost, costs[edge.To]));
                    }
                }
            }
        }

        return costs;
    }

    /// <summary>Refuses rules that reach themselves before any byte is read: no stack could follow them.</summary>
    private void RequireProgress()
    {
        int count = Grammar.Rules.Length;
        var calls = new HashSet<int>[count];
        var callersLeft = new int[count];
        for (int rule = 0; rule < count; rule++)
        {
            calls[rule] = FirstCalls(Grammar.Rules[rule].Start);
            foreach (int called in calls[rule])
            {
                callersLeft[called]++;
            }
        }

        Queue<int> free = new(Enumerable.Range(0, count).Where(rule => callersLeft[rule] == 0));
        int removed = 0;
        while (free.TryDequeue(out int rule))
        {
            removed++;
            foreach (int called in calls[rule])
            {
                if (--callersLeft[called] == 0)
                {
                    free.Enqueue(called);
                }
            }
        }

        if (removed < count)
        {
            string name = Grammar.Rules[Enumerable.Range(0, count).First(rule => callersLeft[rule] > 0)].Name;
            throw new ConstraintException($"The schema at {name} refers to itself without any text in between (a $ref cycle); such a definition has no end.");
        }
    }

    /// <summary>Rules that a rule may call before it reads a byte.</summary>
    private HashSet<int> FirstCalls(int start)
    {
        HashSet<int> called = [];
        HashSet<int> seen = [start];
        Stack<int> open = new([start]);
        while (open.TryPop(out int state))
        {
            foreach (GrammarEdge edge in Grammar.EdgesOf(state))
            {
                bool call = edge.Kind == GrammarEdgeKind.Call;
                if (call)
                {
                    called.Add(edge.First);
                }

                bool passes = edge.Kind == GrammarEdgeKind.Empty || (call && _distances[Grammar.Rules[edge.First].Start] == 0);
                if (passes && seen.Add(edge.To))
                {
                    open.Push(edge.To);
                }
            }
        }

        return called;
    }

    private int Classify()
    {
        Span<bool> starts = stackalloc bool[257];
        foreach (GrammarEdge edge in Grammar.Edges)
        {
            if (edge.Kind == GrammarEdgeKind.Bytes)
            {
                starts[edge.First] = true;
                starts[edge.Last + 1] = true;
            }
        }

        int current = 0;
        for (int value = 1; value < 256; value++)
        {
            current += starts[value] || HasByte[value] != HasByte[value - 1] ? 1 : 0;
            _classOfByte[value] = (byte)current;
        }

        return current + 1;
    }
}
