namespace Agents.Models.Constraints.Automata;

/// <summary>
/// The bytes of all text tokens of a vocabulary as a tree in preorder: a walk that meets a byte which does not fit skips everything that begins with it.
/// Immutable; made once per tokenizer.
/// </summary>
internal sealed class TokenTree
{
    private readonly byte[] _labels;
    private readonly int[] _depths;
    private readonly int[] _tokens;
    private readonly int[] _ends;
    private readonly Dictionary<int, int[]> _twins = [];

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="isText">Whether a token may be part of a text; control tokens never are. Null for all others.</param>
    public TokenTree(ITokenizer tokenizer, Func<int, bool>? isText)
    {
        VocabularySize = tokenizer.VocabularySize;
        List<(byte[] Bytes, int Id)> tokens = [];
        for (int id = 0; id < VocabularySize; id++)
        {
            if (!tokenizer.IsSpecial(id) && (isText is null || isText(id)) && tokenizer.TokenBytes(id) is { Length: > 0 } bytes)
            {
                tokens.Add((bytes.ToArray(), id));
                LongestToken = Math.Max(LongestToken, bytes.Length);
            }
        }

        tokens.Sort(static (left, right) =>
        {
            int byBytes = left.Bytes.AsSpan().SequenceCompareTo(right.Bytes);
            return byBytes != 0 ? byBytes : left.Id.CompareTo(right.Id);
        });
        List<byte> labels = [];
        List<int> depths = [];
        List<int> ids = [];
        byte[] previous = [];
        foreach ((byte[] bytes, int id) in tokens)
        {
            int shared = previous.AsSpan().CommonPrefixLength(bytes);
            if (shared == bytes.Length)
            {
                int node = ids.Count - 1;
                _twins[node] = _twins.TryGetValue(node, out int[]? others) ? [.. others, id] : [id];
                continue;
            }

            for (int i = shared; i < bytes.Length; i++)
            {
                labels.Add(bytes[i]);
                depths.Add(i + 1);
                ids.Add(i == bytes.Length - 1 ? id : -1);
            }

            if (bytes.Length == 1)
            {
                HasByte[bytes[0]] = true;
            }

            previous = bytes;
        }

        _labels = [.. labels];
        _depths = [.. depths];
        _tokens = [.. ids];
        _ends = EndsOf(_depths);
    }

    public int VocabularySize { get; }

    /// <summary>Gets the number of elements of a mask.</summary>
    public int Words => (VocabularySize + 31) / 32;

    public int Count => _labels.Length;

    /// <summary>Gets the length of the longest token in bytes.</summary>
    public int LongestToken { get; }

    /// <summary>Gets, per byte, whether a token consists of just it.</summary>
    public bool[] HasByte { get; } = new bool[256];

    /// <summary>Gets the bytes of the nodes.</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <summary>Gets the number of bytes from the root to each node, at least 1.</summary>
    public ReadOnlySpan<int> Depths => _depths;

    /// <summary>Gets, per node, the first node behind everything below it.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>Whether a token ends at a node.</summary>
    public bool HasToken(int node) => _tokens[node] >= 0;

    /// <summary>Sets the bits of the tokens that end at a node.</summary>
    public void Allow(int node, Span<uint> allowed)
    {
        int id = _tokens[node];
        if (id < 0)
        {
            return;
        }

        allowed[id / 32] |= 1u << (id % 32);
        if (_twins.Count > 0 && _twins.TryGetValue(node, out int[]? others))
        {
            foreach (int other in others)
            {
                allowed[other / 32] |= 1u << (other % 32);
            }
        }
    }

    private static int[] EndsOf(int[] depths)
    {
        var ends = new int[depths.Length];
        Stack<int> open = [];
        for (int node = 0; node <= depths.Length; node++)
        {
            int depth = node < depths.Length ? depths[node] : 0;
            while (open.TryPeek(out int top) && depths[top] >= depth)
            {
                ends[open.Pop()] = node;
            }

            open.Push(node);
        }

        return ends;
    }
}
