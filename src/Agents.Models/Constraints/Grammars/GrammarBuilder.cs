using System.Text;

namespace Agents.Models.Constraints.Grammars;

/// <summary>Builds a <see cref="Grammar"/> state by state. Sizes are limited, so that a hostile schema or pattern ends in a named error and not in a full memory.</summary>
internal sealed class GrammarBuilder
{
    /// <summary>Most states of a grammar.</summary>
    public const int MaximumStates = 1 << 18;

    private const int MaximumEdges = 1 << 20;
    private readonly List<GrammarRule> _rules = [];
    private readonly List<GrammarEdge> _edges = [];
    private readonly List<RepetitionChain> _chains = [];
    private int _states;

    /// <summary>Creates a rule without any text yet; the first one made is the whole text.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="rule">The rule.</param>
    /// <returns>Number of the rule.</returns>
    public int AddRule(string name, out GrammarRule rule)
    {
        rule = new GrammarRule(name, AddState(), AddState());
        _rules.Add(rule);
        return _rules.Count - 1;
    }

    public int AddState()
    {
        if (_states == MaximumStates)
        {
            throw new ConstraintException(
                $"The constraint needs more than {MaximumStates} states; use smaller bounds (minLength, maxLength, minItems, maxItems, quantifiers), fewer enum values, or a smaller schema.");
        }

        return _states++;
    }

    public void AddBytes(int from, int first, int last, int to) => Add(new GrammarEdge(GrammarEdgeKind.Bytes, from, to, first, last));

    public void AddEmpty(int from, int to) => Add(new GrammarEdge(GrammarEdgeKind.Empty, from, to, 0, 0));

    /// <summary>Adds whatever a rule reads.</summary>
    public void AddCall(int from, int rule, int to) => Add(new GrammarEdge(GrammarEdgeKind.Call, from, to, rule, 0));

    /// <summary>Adds a fixed text.</summary>
    /// <returns>The state behind it.</returns>
    public int AddText(int from, string text)
    {
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            int next = AddState();
            AddBytes(from, value, value, next);
            from = next;
        }

        return from;
    }

    /// <summary>Adds one character of a set.</summary>
    public void AddCharacter(int from, CharacterSet set, int to) => set.Automaton.AddTo(this, from, to);

    /// <summary>Adds alternatives of fixed texts as one tree, so that common beginnings are read once.</summary>
    public void AddTexts(int from, IEnumerable<string> texts, int to)
    {
        Dictionary<(int State, byte Value), int> children = [];
        foreach (string text in texts)
        {
            int state = from;
            foreach (byte value in Encoding.UTF8.GetBytes(text))
            {
                if (!children.TryGetValue((state, value), out int next))
                {
                    next = AddState();
                    AddBytes(state, value, value, next);
                    children.Add((state, value), next);
                }

                state = next;
            }

            AddEmpty(state, to);
        }
    }

    /// <summary>Repeats a fragment.</summary>
    /// <param name="from">State before.</param>
    /// <param name="minimum">Least repetitions.</param>
    /// <param name="maximum">Most repetitions; null for no limit.</param>
    /// <param name="body">Adds one copy between two states; it always makes the same states.</param>
    /// <param name="bodyMayBeEmpty">Whether the fragment may read nothing.</param>
    /// <returns>The state behind.</returns>
    public int AddRepetition(int from, int minimum, int? maximum, Action<int, int> body, bool bodyMayBeEmpty)
    {
        int after = AddState();
        int copies = maximum ?? minimum;
        int current = from;
        int first = _states;
        int stride = 0;
        bool alike = true;
        if (minimum == 0)
        {
            AddEmpty(from, after);
        }

        for (int i = 1; i <= copies; i++)
        {
            int start = _states;
            int next = AddState();
            body(current, next);
            alike &= i == 1 || _states - start == stride;
            stride = _states - start;
            current = next;
            if (i >= minimum)
            {
                AddEmpty(current, after);
            }
        }

        if (maximum is null)
        {
            int loop = AddState();
            AddEmpty(current, loop);
            AddEmpty(loop, after);
            int turn = AddState();
            body(loop, turn);
            AddEmpty(turn, loop);
        }
        else if (alike && !bodyMayBeEmpty && copies > 2)
        {
            _chains.Add(new RepetitionChain(first, stride, minimum, copies));
        }

        return after;
    }

    public Grammar Build() => new(_rules, _states, _edges, [.. _chains]);

    private void Add(GrammarEdge edge)
    {
        if (_edges.Count == MaximumEdges)
        {
            throw new ConstraintException($"The constraint needs more than {MaximumEdges} transitions; use smaller bounds, fewer enum values, or a smaller schema.");
        }

        _edges.Add(edge);
    }
}
