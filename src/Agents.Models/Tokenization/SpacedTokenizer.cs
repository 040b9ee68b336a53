using System.Buffers;

namespace Agents.Models.Tokenization;

/// <summary>
/// What the SentencePiece kinds share: spaces become U+2581, and most models put one in front of text, which decoding takes away again. A text that
/// holds U+2581 itself is decoded with spaces in its place.
/// </summary>
public abstract class SpacedTokenizer : VocabularyTokenizer
{
    private protected SpacedTokenizer(TokenizerDefinition definition, string model)
        : base(definition, model, () => new SentencePieceVocabulary(definition))
    {
        AddsSpacePrefix = definition.AddSpacePrefix ?? true;
        Pieces = (SentencePieceVocabulary)Vocabulary;
    }

    /// <inheritdoc/>
    public sealed override bool AddsSpacePrefix { get; }

    private protected SentencePieceVocabulary Pieces { get; }

    private protected sealed override void EncodePlain(ReadOnlySpan<char> text, List<int> destination)
    {
        if (text.IsEmpty)
        {
            return;
        }

        int prefix = AddsSpacePrefix ? 1 : 0;
        char[] rented = ArrayPool<char>.Shared.Rent(text.Length + prefix);
        try
        {
            Span<char> escaped = rented.AsSpan(0, text.Length + prefix);
            text.CopyTo(escaped[prefix..]);
            escaped[..prefix].Fill(SentencePieceVocabulary.Space);
            escaped.Replace(' ', SentencePieceVocabulary.Space);
            ReplaceUnpaired(escaped);
            EncodePieces(escaped, destination);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private void EncodePieces(ReadOnlySpan<char> text, List<int> destination)
    {
        while (!text.IsEmpty)
        {
            int next = Definition.SplitsAtSpaces ? text[1..].IndexOf(SentencePieceVocabulary.Space) + 1 : 0;
            int length = next > 0 ? next : text.Length;
            EncodeEscaped(text[..length], destination);
            text = text[length..];
        }
    }

    /// <summary>Encodes text whose spaces are U+2581 already and whose surrogates are paired.</summary>
    private protected abstract void EncodeEscaped(ReadOnlySpan<char> text, List<int> destination);

    /// <summary>UTF-16 length of the code point at an index.</summary>
    private protected static int CharacterLength(ReadOnlySpan<char> text, int index) => char.IsHighSurrogate(text[index]) ? 2 : 1;

    private static void ReplaceUnpaired(Span<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                text[i] = '\uFFFD';
            }
        }
    }
}
