using Agents.Models.Constraints;
using Agents.Models.Templates;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Constraints;

/// <summary>Texts that random models write under a constraint.</summary>
internal static class ConstrainedText
{
    /// <summary>The 256 bytes and one end token.</summary>
    public static ITokenizer Bytes { get; } = new BytePairTokenizer(new TokenizerDefinition
    {
        Model = "gpt2",
        Pre = "gpt-2",
        Tokens = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToCharacter((byte)value).ToString()), "<|end|>"],
        Kinds = [.. Enumerable.Repeat(TokenKind.Normal, 256), TokenKind.Control],
        Merges = [],
        EosId = 256,
        AddBos = false,
        ChatTemplate = ChatMlTemplate.Jinja,
    });

    /// <summary>Bytes and many tokens of JSON: several signs in one, halves of characters, closing signs.</summary>
    public static ITokenizer Json { get; } = new BytePairTokenizer(BytePairTrainer.Train(
        [string.Concat(Enumerable.Repeat("""{"name": "the käse", "age": 42, "items": [{"id": 1}, {"id": 2}], "ok": true, "none": null, "x": -1.5e3}""" + "\n", 6)), "\"\\u00e4\\n\"},{\"a\":[[]]}] 2024-01-31T 🦊🦊 漢字 漢字"],
        new BytePairTrainerOptions { VocabularySize = 310, SpecialTokens = ["<|endoftext|>", "<|im_end|>"] }) with
    { EosId = 309, AddBos = false });

    /// <summary>Writes one text. Tokens are drawn from logits that are random per step, with a bias that differs per text.</summary>
    /// <returns>The text, whether it came to its end, and the number of tokens.</returns>
    public static (string Text, bool Complete, int Tokens) Write(CompiledConstraint constraint, ITokenizer tokenizer, SampleStream stream, int limit, double bias = 0)
    {
        ITokenConstraint sample = constraint.Begin(tokenizer.EndIds);
        uint[] allowed = new uint[constraint.Words];
        List<int> ids = [];
        while (ids.Count < limit)
        {
            sample.Fill(allowed, limit - ids.Count);
            List<int> options = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => (allowed[id / 32] >> (id % 32) & 1) != 0)];
            Assert.True(options.Count > 0, $"Stuck behind '{tokenizer.Decode([.. ids])}'.");
            Assert.Equal(sample.CanEnd, tokenizer.EndIds.All(options.Contains));
            int id = bias > 0 && sample.CanEnd && stream.NextUnit() < bias ? tokenizer.EndIds[0] : options[(int)(stream.NextUnit() * options.Count)];
            sample.Accept(id);
            if (tokenizer.EndIds.Contains(id))
            {
                return (tokenizer.Decode([.. ids]), true, ids.Count);
            }

            Assert.False(tokenizer.IsSpecial(id));
            ids.Add(id);
        }

        return (tokenizer.Decode([.. ids]), sample.CanEnd, ids.Count);
    }
}
