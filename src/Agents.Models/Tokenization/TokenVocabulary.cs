using System.Collections.Frozen;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>The lookup tables that every kind of vocabulary needs: bytes of tokens, ordinary tokens by text, added tokens, and control tokens.</summary>
internal abstract class TokenVocabulary
{
    // End markers of the known model families; a file often names only one of them as its end of sequence.
    private static readonly string[] _endMarkers = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>", "<end_of_turn>"];

    // Added tokens are short; the bound keeps the search tree of a hostile file small beside the file.
    private const int MaximumAddedLength = 1 << 17;
    private readonly byte[] _bytes;
    private readonly int[] _offsets;
    private readonly bool[] _isControl;
    private readonly bool[] _isAdded;
    private readonly FrozenDictionary<string, int> _controlIds;
    private readonly Dictionary<string, int> _ordinaryIds;

    /// <param name="definition">The tokenizer's data, validated.</param>
    /// <param name="readBytes">Bytes of an ordinary token; null for its text in UTF-8.</param>
    protected TokenVocabulary(TokenizerDefinition definition, Func<string, TokenKind, byte[]?> readBytes)
    {
        int count = definition.Tokens.Count;
        _offsets = new int[count + 1];
        _isControl = new bool[count];
        _isAdded = new bool[count];
        _ordinaryIds = new Dictionary<string, int>(count, StringComparer.Ordinal);
        Ordinary = _ordinaryIds.GetAlternateLookup<ReadOnlySpan<char>>();
        Dictionary<string, int> control = new(StringComparer.Ordinal);
        using MemoryStream bytes = new();
        int addedLength = 0;
        for (int id = 0; id < count; id++)
        {
            string text = definition.Tokens[id];
            TokenKind kind = definition.KindOf(id);
            _isControl[id] = definition.IsControl(id);
            _isAdded[id] = _isControl[id] || kind == TokenKind.UserDefined;
            if (_isAdded[id] && (addedLength += text.Length) > MaximumAddedLength)
            {
                throw new TokenizerException(
                    $"The control and user-defined tokens up to id {id} have more than {MaximumAddedLength} characters together; the file is damaged.");
            }

            if (_isControl[id])
            {
                control.TryAdd(text, id);
                AllAddedTokens.Add(text, id);
            }
            else if (kind == TokenKind.UserDefined)
            {
                UserDefinedTokens.Add(text, id);
                AllAddedTokens.Add(text, id);
            }
            else if (kind is not (TokenKind.Unused or TokenKind.Byte))
            {
                _ordinaryIds.TryAdd(text, id);
            }

            bool literal = _isAdded[id] || kind == TokenKind.Unused;
            bytes.Write(literal ? Encoding.UTF8.GetBytes(text) : readBytes(text, kind) ?? Encoding.UTF8.GetBytes(text));
            _offsets[id + 1] = checked((int)bytes.Length);
        }

        _bytes = bytes.ToArray();
        _controlIds = control.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Tokens that are split out of every text.</summary>
    public AddedTokenTrie UserDefinedTokens { get; } = new();

    /// <summary>User-defined and control tokens together.</summary>
    public AddedTokenTrie AllAddedTokens { get; } = new();

    /// <summary>Ids of tokens that text is made of, by their text.</summary>
    public Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Ordinary { get; }

    public ReadOnlySpan<byte> BytesOf(int id) => _bytes.AsSpan(_offsets[id], _offsets[id + 1] - _offsets[id]);

    public bool IsControl(int id) => _isControl[id];

    public bool IsAdded(int id) => _isAdded[id];

    public bool TryGetControlId(string text, out int id) => _controlIds.TryGetValue(text, out id);

    /// <summary>Turns merges of texts into merges of ids.</summary>
    /// <exception cref="TokenizerException">A merge is not two texts, or one of its three tokens is missing.</exception>
    public TokenMerge[] ResolveMerges(IReadOnlyList<string> merges)
    {
        TokenMerge[] resolved = new TokenMerge[merges.Count];
        for (int rank = 0; rank < resolved.Length; rank++)
        {
            string merge = merges[rank];
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == merge.Length - 1 || merge.IndexOf(' ', space + 1) >= 0)
            {
                throw new TokenizerException($"Merge {rank} is '{merge}'; expected two token texts with one space between them.");
            }

            string left = merge[..space];
            string right = merge[(space + 1)..];
            resolved[rank] = new TokenMerge(Require(left, merge, rank), Require(right, merge, rank), Require(left + right, merge, rank));
        }

        return resolved;
    }

    /// <summary>Ids that end a generation: the stated ones and the known end markers among the control tokens.</summary>
    public int[] FindEndIds(TokenizerDefinition definition)
    {
        SortedSet<int> ids = [];
        foreach (int? stated in (ReadOnlySpan<int?>)[definition.EosId, definition.EotId])
        {
            if (stated is int id)
            {
                ids.Add(id);
            }
        }

        foreach (string marker in _endMarkers)
        {
            if (TryGetControlId(marker, out int id))
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    private int Require(string text, string merge, int rank) =>
        _ordinaryIds.TryGetValue(text, out int id)
            ? id
            : throw new TokenizerException($"Merge {rank} '{merge}' needs the token '{text}', which the vocabulary lacks.");
}
