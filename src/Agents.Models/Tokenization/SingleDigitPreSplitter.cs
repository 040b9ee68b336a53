namespace Agents.Models.Tokenization;

/// <summary>Cuts out numbers, each code point alone, and the text between them as GPT-2 does. See <see cref="PreSplitter.SingleDigits"/>.</summary>
internal sealed class SingleDigitPreSplitter()
    : PreSplitter(
        "smollm",
        @"\p{N}|'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+",
        ignoresMerges: false,
        addsBos: false)
{
    public override int NextLength(ReadOnlySpan<char> text)
    {
        CharacterClass first = CharacterClasses.At(text, 0, out int length);
        if (first == CharacterClass.Number)
        {
            return length;
        }

        // White space before a number ends the text between numbers, so its last space stays with it.
        int end = first == CharacterClass.Space ? RunEnd(text, 0, CharacterClass.Space) : 0;
        bool beforeNumber = end > 0 && end < text.Length && CharacterClasses.At(text, end, out _) == CharacterClass.Number;
        return beforeNumber ? end : Gpt2.NextLength(text);
    }
}
