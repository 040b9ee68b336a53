using System.Buffers;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// What all tokenizers over a vocabulary share: added tokens are split out of the text by longest match, decoding concatenates the bytes of
/// tokens, and control tokens come from text only on request. <see cref="Tokenizers.Create"/> makes the kind that a model file names.
/// </summary>
public abstract class VocabularyTokenizer : ITokenizer
{
    private protected VocabularyTokenizer(TokenizerDefinition definition, string model, Func<TokenVocabulary> readVocabulary)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Model != model)
        {
            string kind = definition.Model switch
            {
                BytePairTokenizer.ModelName => "byte-level BPE",
                SentencePieceTokenizer.ModelName => "SentencePiece",
                UnigramTokenizer.ModelName => "unigram",
                _ => "unknown",
            };
            throw new TokenizerException($"Tokenizer model '{definition.Model}' ({kind}) is not of the kind '{model}'; use Tokenizers.Create to make the right kind.");
        }

        definition.Validate();
        Definition = definition;
        Vocabulary = readVocabulary();
        EndIds = Vocabulary.FindEndIds(definition);
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
    public abstract bool AddBos { get; }

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
        AddedTokenTrie added = parseSpecial ? Vocabulary.AllAddedTokens : Vocabulary.UserDefinedTokens;
        while (added.TryFind(text, out int start, out int length, out int id))
        {
            EncodeText(text[..start], destination);
            destination.Add(id);
            text = text[(start + length)..];
        }

        EncodeText(text, destination);
        return destination.Count - before;
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        int size = 0;
        foreach (int id in ids)
        {
            size = checked(size + TokenBytes(id).Length);
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            int filled = 0;
            bool starts = AddsSpacePrefix;
            foreach (int id in ids)
            {
                ReadOnlySpan<byte> token = TokenBytes(id);
                if (IsAdded(id))
                {
                    starts = AddsSpacePrefix;
                    token = skipSpecial && IsSpecial(id) ? [] : token;
                }
                else if (starts && token.Length > 0)
                {
                    token = token[0] == (byte)' ' ? token[1..] : token;
                    starts = false;
                }

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
        return Vocabulary.BytesOf(id);
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
        return Vocabulary.IsControl(id);
    }

    /// <inheritdoc/>
    public bool TryGetSpecialId(string text, out int id)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Vocabulary.TryGetControlId(text, out id);
    }

    /// <inheritdoc/>
    public virtual bool AddsSpacePrefix => false;

    /// <inheritdoc/>
    public bool IsAdded(int id)
    {
        CheckId(id);
        return Vocabulary.IsAdded(id);
    }

    private protected TokenVocabulary Vocabulary { get; }

    /// <summary>Encodes text without added tokens.</summary>
    private protected abstract void EncodePlain(ReadOnlySpan<char> text, List<int> destination);

    private void EncodeText(ReadOnlySpan<char> text, List<int> destination)
    {
        if (Definition.Normalization is null || CanonicalComposition.IsComposed(text))
        {
            EncodePlain(text, destination);
        }
        else
        {
            EncodePlain(CanonicalComposition.Compose(text), destination);
        }
    }

    private void CheckId(int id)
    {
        if ((uint)id >= (uint)VocabularySize)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The id is outside the vocabulary of {VocabularySize} tokens.");
        }
    }
}
