using System.Globalization;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// The lookup tables of a SentencePiece vocabulary: texts are plain, with U+2581 for a space, and bytes of characters outside it have tokens
/// of their own, written <c>&lt;0x0A&gt;</c>.
/// </summary>
internal sealed class SentencePieceVocabulary : TokenVocabulary
{
    /// <summary>Stands for a space in token texts.</summary>
    public const char Space = '\u2581';

    private readonly int[] _idOfByte = new int[256];
    private readonly bool _hasBytes;
    private readonly int? _unknownId;

    public SentencePieceVocabulary(TokenizerDefinition definition)
        : base(definition, ReadBytes)
    {
        Array.Fill(_idOfByte, -1);
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (definition.KindOf(id) == TokenKind.Byte && TryParseByte(definition.Tokens[id], out byte value) && _idOfByte[value] < 0)
            {
                _idOfByte[value] = id;
            }
        }

        _hasBytes = Enumerable.Range(0, 256).All(value => _idOfByte[value] >= 0 || value is 0xC0 or 0xC1 or >= 0xF5);
        _unknownId = definition.UnknownId ?? FindUnknown(definition);
        if (!_hasBytes && _unknownId is null)
        {
            throw new TokenizerException("The vocabulary has neither a token for every byte nor one for unknown text; a SentencePiece vocabulary needs one of them.");
        }
    }

    /// <summary>Whether every text can be expressed.</summary>
    public bool HasBytes => _hasBytes;

    /// <summary>Reads the text of a byte token.</summary>
    public static bool TryParseByte(string text, out byte value)
    {
        value = 0;
        return text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
            && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Appends what stands for a character outside the vocabulary: its bytes, or the unknown token, which is not repeated.</summary>
    /// <param name="character">One code point.</param>
    /// <param name="destination">Receives the ids.</param>
    public void AppendFallback(ReadOnlySpan<char> character, List<int> destination)
    {
        if (!_hasBytes)
        {
            if (destination.Count == 0 || destination[^1] != _unknownId)
            {
                destination.Add(_unknownId!.Value);
            }

            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        int count = Encoding.UTF8.GetBytes(character, bytes);
        foreach (byte value in bytes[..count])
        {
            destination.Add(_idOfByte[value]);
        }
    }

    private static byte[]? ReadBytes(string text, TokenKind kind) =>
        kind == TokenKind.Byte && TryParseByte(text, out byte value) ? [value] : Encoding.UTF8.GetBytes(text.Replace(Space, ' '));

    private static int? FindUnknown(TokenizerDefinition definition)
    {
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (definition.KindOf(id) == TokenKind.Unknown)
            {
                return id;
            }
        }

        return null;
    }
}
