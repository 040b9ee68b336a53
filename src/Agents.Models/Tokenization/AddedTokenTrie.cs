using System.Buffers;

namespace Agents.Models.Tokenization;

/// <summary>Finds added tokens in text: leftmost first, and the longest of those that start at one place.</summary>
internal sealed class AddedTokenTrie
{
    private readonly Dictionary<(int Node, char Unit), int> _edges = [];
    private readonly List<int> _idOfNode = [-1];
    private SearchValues<char>? _firstUnits;

    /// <summary>Whether no token was added.</summary>
    public bool IsEmpty => _edges.Count == 0;

    private SearchValues<char> FirstUnits =>
        _firstUnits ??= SearchValues.Create([.. _edges.Keys.Where(edge => edge.Node == 0).Select(edge => edge.Unit)]);

    /// <summary>Adds a token. Of two tokens with the same text the first stays.</summary>
    public void Add(string text, int id)
    {
        int node = 0;
        _firstUnits = null;
        foreach (char unit in text)
        {
            if (!_edges.TryGetValue((node, unit), out int child))
            {
                child = _idOfNode.Count;
                _idOfNode.Add(-1);
                _edges.Add((node, unit), child);
            }

            node = child;
        }

        if (node != 0 && _idOfNode[node] < 0)
        {
            _idOfNode[node] = id;
        }
    }

    /// <summary>Finds the first token in a text.</summary>
    /// <param name="text">Text to search.</param>
    /// <param name="start">Where the token starts when found.</param>
    /// <param name="length">Its UTF-16 length.</param>
    /// <param name="id">Its id.</param>
    /// <returns>False when the text holds no added token.</returns>
    public bool TryFind(ReadOnlySpan<char> text, out int start, out int length, out int id)
    {
        start = 0;
        while (!IsEmpty)
        {
            int skip = text[start..].IndexOfAny(FirstUnits);
            if (skip < 0)
            {
                break;
            }

            start += skip;
            if (LongestAt(text[start..], out length, out id))
            {
                return true;
            }

            start++;
        }

        length = 0;
        id = -1;
        return false;
    }

    private bool LongestAt(ReadOnlySpan<char> text, out int length, out int id)
    {
        length = 0;
        id = -1;
        int node = 0;
        for (int i = 0; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
        {
            if (_idOfNode[node] >= 0)
            {
                length = i + 1;
                id = _idOfNode[node];
            }
        }

        return id >= 0;
    }
}
