using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>The lookup tables of a byte-level vocabulary: bytes of tokens, tokens of bytes, and added tokens.</summary>
internal sealed class BytePairVocabulary
{
    // End markers of the known model families; a file often names only one of them as its end of sequence.
    private static readonly string[] _endMarkers = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>"];

    // Added tokens are short; the bound keeps the search tree of a hostile file small beside the file.
    private const int MaximumAddedLength = 1 << 17;
    private readonly byte[] _bytes;
    private readonly int[] _offsets;
    private readonly bool[] _isControl;
    private readonly int[] _idOfByte = new int[256];
    private readonly FrozenDictionary<string, int> _controlIds;
    private readonly Dictionary<string, int> _ordinaryIds;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ordinaryLookup;

    public BytePairVocabulary(TokenizerDefinition definition)
    {
        int count = definition.Tokens.Count;
        _offsets = new int[count + 1];
        _isControl = new bool[count];
        _ordinaryIds = new Dictionary<string, int>(count, StringComparer.Ordinal);
        _ordinaryLookup = _ordinaryIds.GetAlternateLookup<ReadOnlySpan<char>>();
        Dictionary<string, int> control = new(StringComparer.Ordinal);
        using MemoryStream bytes = new();
        int addedLength = 0;
        for (int id = 0; id < count; id++)
        {
            string text = definition.Tokens[id];
            TokenKind kind = definition.KindOf(id);
            _isControl[id] = definition.IsControl(id);
            if ((_isControl[id] || kind == TokenKind.UserDefined) && (addedLength += text.Length) > MaximumAddedLength)
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
            else if (kind != TokenKind.Unused)
            {
                _ordinaryIds.TryAdd(text, id);
            }

            bool added = _isControl[id] || kind is TokenKind.UserDefined or TokenKind.Unused;
            bytes.Write(!added && ByteAlphabet.TryRead(text, out byte[]? read) ? read : Encoding.UTF8.GetBytes(text));
            _offsets[id + 1] = checked((int)bytes.Length);
        }

        _bytes = bytes.ToArray();
        _controlIds = control.ToFrozenDictionary(StringComparer.Ordinal);
        FindBytes();
    }

    /// <summary>Tokens that are split out of every text.</summary>
    public AddedTokenTrie UserDefinedTokens { get; } = new();

    /// <summary>User-defined and control tokens together.</summary>
    public AddedTokenTrie AllAddedTokens { get; } = new();

    public ReadOnlySpan<byte> BytesOf(int id) => _bytes.AsSpan(_offsets[id], _offsets[id + 1] - _offsets[id]);

    public bool IsControl(int id) => _isControl[id];

    public bool TryGetControlId(string text, out int id) => _controlIds.TryGetValue(text, out id);

    public void BytesToIds(ReadOnlySpan<byte> bytes, Span<int> ids)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            ids[i] = _idOfByte[bytes[i]];
        }
    }

    /// <summary>Finds the ordinary token that is exactly these bytes.</summary>
    public bool TryGetWholePiece(ReadOnlySpan<byte> bytes, out int id)
    {
        char[]? rented = null;
        Span<char> characters = bytes.Length <= 256 ? stackalloc char[bytes.Length] : (rented = ArrayPool<char>.Shared.Rent(bytes.Length));
        ByteAlphabet.Fill(characters, bytes);
        bool found = _ordinaryLookup.TryGetValue(characters[..bytes.Length], out id);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return found;
    }

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

    private void FindBytes()
    {
        for (int value = 0; value < 256; value++)
        {
            string text = ByteAlphabet.ToCharacter((byte)value).ToString();
            bool found = _ordinaryIds.TryGetValue(text, out _idOfByte[value]);

            // These bytes occur in no UTF-8 text, so a vocabulary may do without them.
            bool never = value is 0xC0 or 0xC1 or >= 0xF5;
            if (!found && !never)
            {
                throw new TokenizerException(
                    $"The vocabulary has no token for byte 0x{value:X2} ('{text}'); a byte-level vocabulary needs all of them, or text would be lost.");
            }
        }
    }
}
