using System.Buffers;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// Byte-level byte-pair encoding as GPT-2, Llama 3 and Qwen use it: added tokens are split out by longest match, the rest is cut into pieces by
/// a <see cref="PreSplitter"/>, and the UTF-8 bytes of each piece are merged. Every valid text survives encoding and decoding unchanged.
/// </summary>
public sealed class BytePairTokenizer : VocabularyTokenizer
{
    /// <summary>The <see cref="TokenizerDefinition.Model"/> of this kind.</summary>
    public const string ModelName = "gpt2";

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
        : base(definition, ModelName, () => new BytePairVocabulary(definition))
    {
        _splitter = PreSplitter.ForName(definition.Pre);
        _ignoresMerges = definition.IgnoreMerges ?? _splitter.IgnoresMerges;
        _vocabulary = (BytePairVocabulary)Vocabulary;
        _merger = new BytePairMerger(_vocabulary.ResolveMerges(definition.Merges));
        AddBos = definition.BosId is not null && (definition.AddBos ?? _splitter.AddsBos);
    }

    /// <inheritdoc/>
    public override bool AddBos { get; }

    private protected override void EncodePlain(ReadOnlySpan<char> text, List<int> destination)
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
}
