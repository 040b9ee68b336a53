namespace Agents.Models.Tokenization;

/// <summary>The GPT-2 pre-splitter. See <see cref="PreSplitter.Gpt2"/>.</summary>
internal sealed class Gpt2PreSplitter()
    : PreSplitter(
        "gpt-2",
        @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        ignoresMerges: false,
        addsBos: false)
{
    public override int NextLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            int contraction = ContractionLength(text);
            if (contraction > 0)
            {
                return contraction;
            }
        }

        int start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        CharacterClass kind = CharacterClasses.At(text, start, out _);
        return kind == CharacterClass.Space ? SpaceLength(text) : RunEnd(text, start, kind);
    }

    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && text[1] is 's' or 'd' or 'm' or 't')
        {
            return 2;
        }

        bool pair = text.Length > 2 && (text[1], text[2]) is ('l', 'l') or ('v', 'e') or ('r', 'e');
        return pair ? 3 : 0;
    }
}
