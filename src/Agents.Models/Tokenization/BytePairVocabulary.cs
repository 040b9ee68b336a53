using System.Buffers;

namespace Agents.Models.Tokenization;

/// <summary>The lookup tables of a byte-level vocabulary.</summary>
internal sealed class BytePairVocabulary : TokenVocabulary
{
    private readonly int[] _idOfByte = new int[256];

    public BytePairVocabulary(TokenizerDefinition definition)
        : base(definition, (text, _) => ByteAlphabet.TryRead(text, out byte[]? read) ? read : null)
    {
        FindBytes();
    }

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
        bool found = Ordinary.TryGetValue(characters[..bytes.Length], out id);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return found;
    }

    private void FindBytes()
    {
        for (int value = 0; value < 256; value++)
        {
            char text = ByteAlphabet.ToCharacter((byte)value);
            bool found = Ordinary.TryGetValue([text], out _idOfByte[value]);

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
