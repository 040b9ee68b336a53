using System.Globalization;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>The four classes that the pre-splitters tell apart: <c>\p{L}</c>, <c>\p{N}</c>, <c>\s</c> (Unicode White_Space) and the rest.</summary>
internal enum CharacterClass : byte
{
    Other,
    Letter,
    Number,
    Space,
}

/// <summary>Looks up the class of code points. Works on whole code points, so letters beyond the basic plane count as letters.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] _basicPlane = BuildBasicPlane();

    /// <summary>Class of the code point at an index.</summary>
    /// <param name="text">UTF-16 text; an unpaired surrogate is one code point of class Other.</param>
    /// <param name="index">Where the code point starts.</param>
    /// <param name="length">Its UTF-16 length, 1 or 2.</param>
    public static CharacterClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        char first = text[index];
        if (char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return Classify(new Rune(first, text[index + 1]));
        }

        length = 1;
        return _basicPlane[first];
    }

    /// <summary>Class of one code point.</summary>
    public static CharacterClass Classify(Rune rune)
    {
        // Rune.IsWhiteSpace is the White_Space property: controls 9-13 and 85, and the separator categories.
        return Rune.IsWhiteSpace(rune)
            ? CharacterClass.Space
            : Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter,
                UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
                _ => CharacterClass.Other,
            };
    }

    private static CharacterClass[] BuildBasicPlane()
    {
        CharacterClass[] classes = new CharacterClass[0x10000];
        for (int unit = 0; unit < classes.Length; unit++)
        {
            classes[unit] = Rune.TryCreate((char)unit, out Rune rune) ? Classify(rune) : CharacterClass.Other;
        }

        return classes;
    }
}
