using System.Globalization;

namespace Agents.Models.Tokenization;

/// <summary>Fits a vocabulary to a model whose embedding has more rows than there are tokens, as many checkpoints have.</summary>
public static class VocabularyPadding
{
    /// <summary>Appends unused entries.</summary>
    /// <param name="definition">The tokenizer's data.</param>
    /// <param name="size">Number of embedding rows.</param>
    /// <returns>A definition of exactly that many tokens; its fingerprint is unchanged.</returns>
    /// <exception cref="ArgumentException">There are more tokens than rows.</exception>
    public static TokenizerDefinition PadTo(TokenizerDefinition definition, int size)
    {
        ArgumentNullException.ThrowIfNull(definition);
        int count = definition.Tokens.Count;
        if (count > size)
        {
            throw new ArgumentException($"The tokenizer has {count} tokens, but the embedding only {size} rows: they belong to different models.", nameof(definition));
        }

        if (count == size)
        {
            return definition;
        }

        HashSet<string> taken = new(definition.Tokens, StringComparer.Ordinal);
        List<string> tokens = [.. definition.Tokens];
        List<TokenKind> kinds = [.. Enumerable.Range(0, count).Select(definition.KindOf)];
        for (int number = 0; tokens.Count < size; number++)
        {
            string filler = string.Create(CultureInfo.InvariantCulture, $"[PAD{number}]");
            if (taken.Add(filler))
            {
                tokens.Add(filler);
                kinds.Add(TokenKind.Unused);
            }
        }

        List<float> scores = definition.Scores.Count == 0 ? [] : [.. definition.Scores, .. Enumerable.Repeat(0f, size - count)];
        return definition with { Tokens = tokens, Kinds = kinds, Scores = scores };
    }
}
