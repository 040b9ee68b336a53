using Agents.Models.Constraints.Automata;

namespace Agents.Models.Constraints;

/// <summary>One sample's way through a <see cref="CompiledConstraint"/>.</summary>
internal sealed class TokenConstraint : ITokenConstraint
{
    private readonly CompiledConstraint _compiled;
    private readonly IReadOnlyList<int> _endIds;
    private AutomatonState _state;
    private bool _ended;

    public TokenConstraint(CompiledConstraint compiled, IReadOnlyList<int> endIds)
    {
        _compiled = compiled;
        _endIds = endIds;
        _state = compiled.Start;
    }

    public bool CanEnd => _state.Completes;

    public bool MustEnd => _ended || (_state.Completes && _state.Positions.Length == 0);

    public void Fill(Span<uint> allowed, int remaining = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(allowed.Length, _compiled.Words);
        allowed[_compiled.Words..].Clear();
        if (_ended)
        {
            allowed.Clear();
        }
        else
        {
            _compiled.Fill(_state, allowed[.._compiled.Words], remaining);
        }

        if (CanEnd)
        {
            foreach (int id in _endIds)
            {
                allowed[id / 32] |= 1u << (id % 32);
            }
        }
    }

    public void Accept(int id)
    {
        if (_endIds.Contains(id) && CanEnd)
        {
            _ended = true;
            return;
        }

        AutomatonState? next = _ended ? null : _compiled.Advance(_state, id);
        _state = next ?? throw new InvalidOperationException($"Token {id} is not allowed here; take one that the last Fill has set.");
    }
}
