using Agents.Models.Constraints.Automata;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints;

/// <summary>
/// An <see cref="OutputConstraint"/> bound to a tokenizer. Samples share it, and with it the states and masks found so far, within bounded memory. Safe for
/// concurrent calls.
/// </summary>
public sealed class CompiledConstraint
{
    /// <summary>Deepest nesting of rules; JSON readers stop at 64 levels as a rule.</summary>
    private const int DepthLimit = 60;

    private readonly ITokenizer _tokenizer;
    private readonly TokenTree _tree;
    private readonly Automaton _automaton;
    private readonly MaskBuilder _masks;
    private readonly bool _finishesInTime;
    private readonly Lock _gate = new();

    internal CompiledConstraint(Grammar grammar, ITokenizer tokenizer, TokenTree tree, bool finishesInTime)
    {
        GrammarAnalysis analysis = new(grammar, tree.HasByte, tree.LongestToken);
        _tokenizer = tokenizer;
        _tree = tree;
        _automaton = new Automaton(analysis, DepthLimit);
        _masks = new MaskBuilder(_automaton, analysis, tree);
        _finishesInTime = finishesInTime;
    }

    /// <summary>Gets the number of elements of a mask: one bit per token id.</summary>
    public int Words => _tree.Words;

    /// <summary>Gets the fewest bytes of a text that satisfies the constraint.</summary>
    public long ShortestText => _automaton.Start.Distance;

    internal AutomatonState Start => _automaton.Start;

    /// <summary>Starts a sample.</summary>
    /// <param name="endIds">Tokens that end the sample; allowed where the text is complete. Ids outside the vocabulary are left out.</param>
    public ITokenConstraint Begin(IReadOnlyList<int> endIds)
    {
        ArgumentNullException.ThrowIfNull(endIds);
        return new TokenConstraint(this, [.. endIds.Where(id => (uint)id < (uint)_tree.VocabularySize)]);
    }

    /// <summary>Whether a whole text satisfies the constraint.</summary>
    /// <param name="text">The text, as UTF-8.</param>
    public bool Matches(ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            AutomatonState state = _automaton.Start;
            foreach (byte value in text)
            {
                state = _automaton.Step(state, value);
            }

            return state.Completes;
        }
    }

    internal void Fill(AutomatonState state, Span<uint> allowed, int remaining)
    {
        lock (_gate)
        {
            TokenMask mask = _masks.MaskOf(state);
            long room = (long)remaining - 1;
            if (!_finishesInTime || mask.Farthest <= room)
            {
                mask.Bits.CopyTo(allowed);
                return;
            }

            // Where not even the shortest completion fits, every token must at least lead closer to one.
            _masks.FillWithin(state, Math.Max(room, state.Distance - 1), allowed);
            if (!state.Completes && allowed.IndexOfAnyExcept(0u) < 0)
            {
                mask.Bits.CopyTo(allowed);
            }
        }
    }

    internal AutomatonState? Advance(AutomatonState state, int id)
    {
        if ((uint)id >= (uint)_tree.VocabularySize || _tokenizer.IsSpecial(id))
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = _tokenizer.TokenBytes(id);
        lock (_gate)
        {
            foreach (byte value in bytes)
            {
                state = _automaton.Step(state, value);
            }

            return state.IsDead || bytes.IsEmpty ? null : state;
        }
    }
}
