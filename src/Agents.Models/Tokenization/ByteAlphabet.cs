using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// The printable alphabet in which byte-level vocabularies are written: bytes 33-126, 161-172 and 174-255 stand for themselves, the other 68
/// in ascending order for U+0100 and following (so a space reads "Ġ" and a newline "Ċ").
/// </summary>
public static class ByteAlphabet
{
    private const int FirstSubstitute = 0x100;
    private static readonly char[] _charOfByte = BuildCharacters();
    private static readonly short[] _byteOfChar = BuildBytes();

    /// <summary>The character that stands for a byte.</summary>
    /// <param name="value">The byte.</param>
    public static char ToCharacter(byte value) => _charOfByte[value];

    /// <summary>Finds the byte that a character stands for.</summary>
    /// <param name="character">A character of a vocabulary entry.</param>
    /// <param name="value">The byte when found.</param>
    /// <returns>False for a character outside the alphabet.</returns>
    public static bool TryGetByte(char character, out byte value)
    {
        short found = character < _byteOfChar.Length ? _byteOfChar[character] : (short)-1;
        value = (byte)found;
        return found >= 0;
    }

    /// <summary>Writes bytes in the alphabet.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <returns>One character per byte.</returns>
    public static string Write(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, Fill);

    /// <summary>Writes the UTF-8 bytes of a text in the alphabet.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>One character per byte.</returns>
    public static string WriteText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Reads a vocabulary entry back into bytes.</summary>
    /// <param name="entry">A vocabulary entry.</param>
    /// <param name="bytes">Its bytes when all characters are of the alphabet.</param>
    /// <returns>False when a character is outside the alphabet.</returns>
    public static bool TryRead(string entry, [NotNullWhen(true)] out byte[]? bytes)
    {
        ArgumentNullException.ThrowIfNull(entry);
        byte[] read = new byte[entry.Length];
        for (int i = 0; i < read.Length; i++)
        {
            if (!TryGetByte(entry[i], out read[i]))
            {
                bytes = null;
                return false;
            }
        }

        bytes = read;
        return true;
    }

    internal static void Fill(Span<char> characters, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            characters[i] = _charOfByte[bytes[i]];
        }
    }

    private static char[] BuildCharacters()
    {
        char[] characters = new char[256];
        int substitutes = 0;
        for (int value = 0; value < 256; value++)
        {
            bool itself = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            characters[value] = itself ? (char)value : (char)(FirstSubstitute + substitutes++);
        }

        return characters;
    }

    private static short[] BuildBytes()
    {
        short[] bytes = new short[FirstSubstitute + 68];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[_charOfByte[value]] = (short)value;
        }

        return bytes;
    }
}
