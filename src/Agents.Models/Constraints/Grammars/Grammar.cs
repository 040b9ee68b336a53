using System.Collections.Immutable;

namespace Agents.Models.Constraints.Grammars;

/// <summary>
/// A recursive transition network over the bytes of UTF-8 text: states with edges that read a byte, nothing, or a whole rule. Immutable. Not bound to a
/// vocabulary; see <see cref="GrammarAnalysis"/>.
/// </summary>
internal sealed class Grammar
{
    private readonly GrammarEdge[] _edges;
    private readonly int[] _firstEdge;
    private readonly bool[] _isEnd;

    public Grammar(IReadOnlyList<GrammarRule> rules, int states, IReadOnlyList<GrammarEdge> edges, ImmutableArray<RepetitionChain> chains)
    {
        Rules = [.. rules];
        Chains = chains;
        StateCount = states;
        _isEnd = new bool[states];
        foreach (GrammarRule rule in Rules)
        {
            _isEnd[rule.End] = true;
        }

        _firstEdge = new int[states + 1];
        foreach (GrammarEdge edge in edges)
        {
            _firstEdge[edge.From + 1]++;
        }

        for (int i = 0; i < states; i++)
        {
            _firstEdge[i + 1] += _firstEdge[i];
        }

        int[] next = [.. _firstEdge];
        _edges = new GrammarEdge[edges.Count];
        foreach (GrammarEdge edge in edges)
        {
            _edges[next[edge.From]++] = edge;
        }
    }

    /// <summary>Gets the rules; the text is what rule 0 reads.</summary>
    public ImmutableArray<GrammarRule> Rules { get; }

    /// <summary>Gets the counted repetitions, inner ones first.</summary>
    public ImmutableArray<RepetitionChain> Chains { get; }

    public int StateCount { get; }

    /// <summary>Gets all edges, by state.</summary>
    public ReadOnlySpan<GrammarEdge> Edges => _edges;

    /// <summary>Whether a rule is through in this state.</summary>
    public bool IsEnd(int state) => _isEnd[state];

    public ReadOnlySpan<GrammarEdge> EdgesOf(int state) => _edges.AsSpan(_firstEdge[state].._firstEdge[state + 1]);
}
