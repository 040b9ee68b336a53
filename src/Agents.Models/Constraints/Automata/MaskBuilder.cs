using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Automata;

/// <summary>
/// Finds the allowed tokens of automaton states by walking the token tree, and keeps them. Most of a mask depends on the uppermost rule only: that part is
/// found once over an unknown bottom and shared by all stacks, and only tokens that leave the rule are followed further with the real stack.
/// Not safe for concurrent calls.
/// </summary>
internal sealed class MaskBuilder
{
    /// <summary>Memory for masks; when it is used up, all are forgotten.</summary>
    private const long MaskBytes = 32L << 20;

    /// <summary>Most positions looked at for one mask.</summary>
    private const long WorkLimit = 50_000_000;

    private readonly Automaton _automaton;
    private readonly GrammarAnalysis _analysis;
    private readonly TokenTree _tree;
    private readonly AutomatonState[] _path;
    private readonly List<int> _exits = [];
    private long _used;
    private int _epoch;
    private long _allowance;
    private int _walking;

    public MaskBuilder(Automaton automaton, GrammarAnalysis analysis, TokenTree tree)
    {
        _automaton = automaton;
        _analysis = analysis;
        _tree = tree;
        _path = new AutomatonState[tree.LongestToken + 1];
    }

    /// <summary>The allowed tokens of a state.</summary>
    /// <exception cref="ConstraintException">The constraint is too ambiguous to follow.</exception>
    public TokenMask MaskOf(AutomatonState state)
    {
        _automaton.Refresh(state);
        if (state.Mask is { } known)
        {
            return known;
        }

        _allowance = _automaton.Work + WorkLimit;
        TokenMask mask = Build(state);
        Charge();
        _automaton.Refresh(state);
        return state.Mask = mask;
    }

    /// <summary>Writes the allowed tokens behind which a completion still fits. Walks the whole tree; used near the limit only.</summary>
    /// <param name="state">The state.</param>
    /// <param name="farthest">Most bytes to completion behind the token.</param>
    /// <param name="allowed">Written.</param>
    public void FillWithin(AutomatonState state, long farthest, Span<uint> allowed)
    {
        allowed.Clear();
        _allowance = _automaton.Work + WorkLimit;
        Walk(state, 0, _tree.Count, 0, allowed, farthest, exits: false);
    }

    private TokenMask Build(AutomatonState state)
    {
        uint[] bits = new uint[_tree.Words];
        long farthest = 0;
        Position[] positions = state.Positions;
        foreach (StackNode stack in positions.Select(position => position.Stack).Distinct())
        {
            LocalMask local = LocalOf([.. positions.Where(position => position.Stack == stack).Select(position => position.State)]);
            if (stack.Depth + local.Depth > _automaton.DepthLimit)
            {
                // Near the limit the shared part would allow too much.
                Array.Clear(bits);
                return new TokenMask(bits, Walk(state, 0, _tree.Count, 0, bits, long.MaxValue, exits: false).Farthest);
            }

            for (int i = 0; i < bits.Length; i++)
            {
                bits[i] |= local.Bits[i];
            }

            farthest = Math.Max(farthest, local.Farthest + stack.Distance);
            if (local.Exits.Length > 0 && !stack.IsBottom)
            {
                AutomatonState behind = _automaton.Close([new Position(stack.Return, stack.Parent!)]);
                foreach (int exit in local.Exits)
                {
                    (long below, _) = Walk(behind, exit + 1, _tree.Ends[exit], _tree.Depths[exit], bits, long.MaxValue, exits: false);
                    farthest = Math.Max(farthest, below);
                }
            }
        }

        return new TokenMask(bits, farthest);
    }

    private LocalMask LocalOf(int[] states)
    {
        AutomatonState start = _automaton.Close([.. states.Select(state => new Position(_analysis.Representative(state), _automaton.Unknown))]);
        _automaton.Refresh(start);
        if (start.Local is { } known)
        {
            return known;
        }

        uint[] bits = new uint[_tree.Words];
        _exits.Clear();
        (long farthest, int need) = Walk(start, 0, _tree.Count, 0, bits, long.MaxValue, exits: true);
        LocalMask local = new(bits, [.. _exits], farthest, Math.Max(need, start.Need) - StackNode.UnknownDepth);
        Charge();
        _automaton.Refresh(start);
        return start.Local = local;
    }

    /// <summary>Walks a part of the token tree and allows the tokens that fit.</summary>
    /// <param name="from">State before the part.</param>
    /// <param name="first">First node.</param>
    /// <param name="end">Node behind the last one.</param>
    /// <param name="above">Depth of the node above the part.</param>
    /// <param name="allowed">Bits are added.</param>
    /// <param name="limit">Tokens with more bytes to completion are left out.</param>
    /// <param name="exits">Whether nodes where the bottom is reached are collected.</param>
    /// <returns>Most bytes to completion behind any allowed token, and the deepest stack.</returns>
    private (long Farthest, int Need) Walk(AutomatonState from, int first, int end, int above, Span<uint> allowed, long limit, bool exits)
    {
        ReadOnlySpan<byte> labels = _tree.Labels;
        ReadOnlySpan<int> depths = _tree.Depths;
        ReadOnlySpan<int> ends = _tree.Ends;
        long farthest = 0;
        int need = int.MinValue;
        _path[0] = from;
        int node = first;
        while (node < end)
        {
            int depth = depths[node] - above;
            AutomatonState next = _automaton.Step(_path[depth - 1], labels[node]);
            if (next.IsDead)
            {
                node = ends[node];
                continue;
            }

            if ((++_walking & 0xFF) == 0 && _automaton.Work > _allowance)
            {
                throw new ConstraintException(
                    "The constraint is too ambiguous: following it costs too much per token. Avoid nested or overlapping repetitions and long lists of similar alternatives.");
            }

            need = Math.Max(need, next.Need);
            if (next.Distance <= limit && _tree.HasToken(node))
            {
                _tree.Allow(node, allowed);
                farthest = Math.Max(farthest, next.Distance);
            }

            if (exits && next.Completes && ends[node] > node + 1)
            {
                _exits.Add(node);
            }

            _path[depth] = next;
            node = next.Positions.Length == 0 ? ends[node] : node + 1;
        }

        return (farthest, need);
    }

    private void Charge()
    {
        if (_epoch != _automaton.Epoch)
        {
            _epoch = _automaton.Epoch;
            _used = 0;
        }

        _used += _tree.Words * sizeof(uint);
        if (_used > MaskBytes)
        {
            _automaton.Forget();
            _epoch = _automaton.Epoch;
            _used = 0;
        }
    }
}
