using Agents.Models.Templates;
using Agents.Models.Tokenization;

namespace Agents.Cli.Models;

/// <summary>
/// A valid byte-level vocabulary of any size without a corpus, for random models: the 256 bytes, then words of two, three and four letters in alphabetical
/// order (each one letter longer than an earlier word), then the three control tokens of ChatML.
/// </summary>
internal static class SyntheticVocabulary
{
    private const int Bytes = 256;
    private static readonly string[] Controls = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <summary>Creates a vocabulary.</summary>
    /// <param name="size">Number of tokens, at least 259.</param>
    /// <exception cref="ArgumentException">The size is too small, or larger than there are words.</exception>
    public static TokenizerDefinition Create(int size)
    {
        int words = size - Bytes - Controls.Length;
        ArgumentOutOfRangeException.ThrowIfNegative(words, nameof(size));
        List<string> tokens = new(size);
        for (int value = 0; value < Bytes; value++)
        {
            tokens.Add(ByteAlphabet.ToCharacter((byte)value).ToString());
        }

        List<string> merges = [];
        IReadOnlyList<string> stems = [.. Letters()];
        while (merges.Count < words)
        {
            List<string> longer = [];
            foreach (string stem in stems)
            {
                foreach (string letter in Letters())
                {
                    longer.Add(stem + letter);
                    if (merges.Count < words)
                    {
                        merges.Add(stem + " " + letter);
                        tokens.Add(stem + letter);
                    }
                }
            }

            stems = longer;
        }

        tokens.AddRange(Controls);
        return new TokenizerDefinition
        {
            Model = "gpt2",
            Pre = "qwen2",
            Tokens = tokens,
            Kinds = [.. Enumerable.Range(0, size).Select(id => id < size - Controls.Length ? TokenKind.Normal : TokenKind.Control)],
            Merges = merges,
            EosId = size - 1,
            PaddingId = size - 3,
            AddBos = false,
            ChatTemplate = ChatMlTemplate.Jinja,
        };
    }

    private static IEnumerable<string> Letters() => Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString());
}
