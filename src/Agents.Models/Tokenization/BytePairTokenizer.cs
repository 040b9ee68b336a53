using System.Buffers;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// Byte-level byte-pair encoding as GPT-2, Llama 3 and Qwen use it: added tokens are split out by longest match, the rest is cut into pieces by
/// a <see cref="PreSplitter"/>, and the UTF-8 bytes of each piece are merged. Every valid text survives encoding and decoding unchanged.
/// </summary>
/// <remarks>No Unicode normalization is applied, also where a model's original files ask for NFC.</remarks>
public sealed class BytePairTokenizer : ITokenizer
{
    private const int StackLimit = 256;
    private const int CachedPieces = 1 << 16;
    private readonly PreSplitter _splitter;
    private readonly bool _ignoresMerges;
    private readonly BytePairMerger _merger;
    private readonly BytePairVocabulary _vocabulary;
    private readonly PieceCache _cache = new(CachedPieces);

    /// <summary>Creates a tokenizer from the data of a model file.</summary>
    /// <param name="definition">What the file says.</param>
    /// <exception cref="TokenizerException">
    /// The definition is not byte-level BPE, names an unknown pre-splitter, lacks byte tokens, or has merges of unknown tokens.
    /// </exception>
    public BytePairTokenizer(TokenizerDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Model != "gpt2")
        {
            string kind = definition.Model == "llama" ? "SentencePiece" : "unknown";
            throw new TokenizerException(
                $"Tokenizer model '{definition.Model}' ({kind}) is not supported; this build reads 'gpt2' (byte-level BPE). Use a model with such a vocabulary.");
        }

        definition.Validate();
        Definition = definition;
        _splitter = PreSplitter.ForName(definition.Pre);
        _ignoresMerges = definition.IgnoreMerges ?? _splitter.IgnoresMerges;
        _vocabulary = new BytePairVocabulary(definition);
        _merger = new BytePairMerger(_vocabulary.ResolveMerges(definition.Merges));
        EndIds = _vocabulary.FindEndIds(definition);
        AddBos = definition.BosId is not null && (definition.AddBos ?? _splitter.AddsBos);
        Fingerprint = definition.ComputeFingerprint();
    }

    /// <summary>The data that the tokenizer was made from.</summary>
    public TokenizerDefinition Definition { get; }

    /// <inheritdoc/>
    public int VocabularySize => Definition.Tokens.Count;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public int? BosId => Definition.BosId;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndIds { get; }

    /// <inheritdoc/>
    public bool AddBos { get; }

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = new((text.Length / 3) + 4);
        Encode(text, ids, parseSpecial);
        return [.. ids];
    }

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, List<int> destination, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(destination);
        int before = destination.Count;
        AddedTokenTrie added = parseSpecial ? _vocabulary.AllAddedTokens : _vocabulary.UserDefinedTokens;
        while (added.TryFind(text, out int start, out int length, out int id))
        {
            EncodePlain(text[..start], destination);
            destination.Add(id);
            text = text[(start + length)..];
        }

        EncodePlain(text, destination);
        return destination.Count - before;
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        int size = 0;
        foreach (int id in ids)
        {
            size = checked(size + (skipSpecial && IsSpecial(id) ? 0 : TokenBytes(id).Length));
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            int filled = 0;
            foreach (int id in ids)
            {
                if (skipSpecial && IsSpecial(id))
                {
                    continue;
                }

                ReadOnlySpan<byte> token = TokenBytes(id);
                token.CopyTo(bytes.AsSpan(filled));
                filled += token.Length;
            }

            return Encoding.UTF8.GetString(bytes, 0, filled);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        CheckId(id);
        return _vocabulary.BytesOf(id);
    }

    /// <inheritdoc/>
    public string TokenText(int id)
    {
        ReadOnlySpan<byte> bytes = TokenBytes(id);
        StringBuilder text = new(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == OperationStatus.Done)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte value in bytes[..consumed])
                {
                    text.Append("<0x").Append(Convert.ToHexString([value])).Append('>');
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool IsSpecial(int id)
    {
        CheckId(id);
        return _vocabulary.IsControl(id);
    }

    /// <inheritdoc/>
    public bool TryGetSpecialId(string text, out int id)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _vocabulary.TryGetControlId(text, out id);
    }

    private void EncodePlain(ReadOnlySpan<char> text, List<int> destination)
    {
        while (text.Length > 0)
        {
            int length = _splitter.NextLength(text);
            EncodePiece(text[..length], destination);
            text = text[length..];
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> destination)
    {
        if (_cache.TryGet(piece, out int[] cached))
        {
            destination.AddRange(cached.AsSpan());
            return;
        }

        int room = Encoding.UTF8.GetMaxByteCount(piece.Length);
        if (room <= StackLimit)
        {
            EncodeBytes(piece, stackalloc byte[room], stackalloc int[room], destination);
            return;
        }

        room = Encoding.UTF8.GetByteCount(piece);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(room);
        int[] ids = ArrayPool<int>.Shared.Rent(room);
        try
        {
            EncodeBytes(piece, bytes, ids, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<int>.Shared.Return(ids);
        }
    }

    private void EncodeBytes(ReadOnlySpan<char> piece, Span<byte> bytes, Span<int> ids, List<int> destination)
    {
        bytes = bytes[..Encoding.UTF8.GetBytes(piece, bytes)];
        ids = ids[..bytes.Length];
        if (_ignoresMerges && _vocabulary.TryGetWholePiece(bytes, out int whole))
        {
            ids = ids[..1];
            ids[0] = whole;
        }
        else
        {
            _vocabulary.BytesToIds(bytes, ids);
            ids = ids[.._merger.Merge(ids)];
        }

        _cache.Add(piece, ids);
        destination.AddRange(ids);
    }

    private void CheckId(int id)
    {
        if ((uint)id >= (uint)VocabularySize)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The id is outside the vocabulary of {VocabularySize} tokens.");
        }
    }
}
