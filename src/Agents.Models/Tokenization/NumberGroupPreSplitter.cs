namespace Agents.Models.Tokenization;

/// <summary>The pre-splitter of Llama 3 and Qwen2, which differ in how many number code points form a piece.</summary>
internal sealed class NumberGroupPreSplitter(string name, string numberPattern, int groupLength, bool ignoresMerges, bool addsBos)
    : PreSplitter(
        name,
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|" + numberPattern + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ignoresMerges,
        addsBos)
{
    private const char LongS = '\u017F';

    public override int NextLength(ReadOnlySpan<char> text)
    {
        char first = text[0];
        if (first == '\'')
        {
            int contraction = ContractionLength(text);
            if (contraction > 0)
            {
                return contraction;
            }
        }

        CharacterClass kind = CharacterClasses.At(text, 0, out int length);
        switch (kind)
        {
            case CharacterClass.Letter:
                return RunEnd(text, length, CharacterClass.Letter);
            case CharacterClass.Number:
                return NumberLength(text);
            default:
                break;
        }

        bool newline = first is '\r' or '\n';
        CharacterClass? next = length < text.Length ? CharacterClasses.At(text, length, out _) : null;
        if (!newline && next == CharacterClass.Letter)
        {
            return RunEnd(text, length, CharacterClass.Letter);
        }

        if (kind == CharacterClass.Other || (first == ' ' && next == CharacterClass.Other))
        {
            return OtherLength(text, first == ' ' ? 1 : 0);
        }

        return NewlineLength(text) is > 0 and int newlines ? newlines : SpaceLength(text);
    }

    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && Fold(text[1]) is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        bool pair = text.Length > 2 && (Fold(text[1]), Fold(text[2])) is ('r', 'e') or ('v', 'e') or ('l', 'l');
        return pair ? 3 : 0;
    }

    // Case-insensitive matching folds U+017F to s as well.
    private static char Fold(char unit) => unit == LongS ? 's' : char.ToLowerInvariant(unit);

    private static int OtherLength(ReadOnlySpan<char> text, int start)
    {
        int end = RunEnd(text, start, CharacterClass.Other);
        while (end < text.Length && text[end] is '\r' or '\n')
        {
            end++;
        }

        return end;
    }

    /// <summary><c>\s*[\r\n]+</c>: white space up to and including the last newline of its run; 0 when there is none.</summary>
    private static int NewlineLength(ReadOnlySpan<char> text)
    {
        int end = RunEnd(text, 0, CharacterClass.Space);
        return text[..end].LastIndexOfAny('\r', '\n') + 1;
    }

    private int NumberLength(ReadOnlySpan<char> text)
    {
        int end = 0;
        for (int taken = 0; taken < groupLength && end < text.Length; taken++)
        {
            if (CharacterClasses.At(text, end, out int length) != CharacterClass.Number)
            {
                break;
            }

            end += length;
        }

        return end;
    }
}
