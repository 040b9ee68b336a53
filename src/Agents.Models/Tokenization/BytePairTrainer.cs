using System.Runtime.InteropServices;

namespace Agents.Models.Tokenization;

/// <summary>
/// Learns a byte-level vocabulary: counts the pieces of a corpus, then merges the most frequent adjacent pair again and again. Of equally
/// frequent pairs the one with the smallest (left id, right id) is taken, so the result depends on the text alone.
/// </summary>
/// <remarks>
/// Ids 0-255 are the bytes, new tokens follow in order of learning, special tokens come last. When two different pairs spell the same token, the
/// second becomes a further merge of the existing id, because vocabulary files identify tokens by their text.
/// </remarks>
public static class BytePairTrainer
{
    /// <summary>Trains a vocabulary.</summary>
    /// <param name="texts">The corpus, read once.</param>
    /// <param name="options">What the vocabulary shall be.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>A definition ready for <see cref="BytePairTokenizer"/> and for model files; ids of begin and end are not set.</returns>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    /// <exception cref="TokenizerException">The corpus has too few different pairs to fill the vocabulary.</exception>
    public static TokenizerDefinition Train(
        IEnumerable<string> texts, BytePairTrainerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Dictionary<string, long> pieces = CountPieces(texts, options, cancellationToken);
        PairCounts pairs = new(pieces);
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToCharacter((byte)value).ToString())];
        Dictionary<string, int> idOfToken = tokens.Select((text, id) => (text, id)).ToDictionary(x => x.text, x => x.id, StringComparer.Ordinal);
        List<string> merges = [];
        int learned = options.VocabularySize - options.SpecialTokens.Count;
        while (tokens.Count < learned)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!pairs.TryTakeBest(options.MinimumCount, out int left, out int right))
            {
                throw new TokenizerException(
                    $"The corpus fills only {tokens.Count} of {learned} tokens; give more text, a smaller vocabulary or a smaller minimum count.");
            }

            string text = tokens[left] + tokens[right];
            ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(idOfToken, text, out bool known);
            if (!known)
            {
                id = tokens.Count;
                tokens.Add(text);
            }

            merges.Add($"{tokens[left]} {tokens[right]}");
            pairs.Merge(left, right, id);
        }

        TokenKind[] kinds = new TokenKind[options.VocabularySize];
        kinds.AsSpan(0, learned).Fill(TokenKind.Normal);
        kinds.AsSpan(learned).Fill(TokenKind.Control);
        return new TokenizerDefinition
        {
            Model = "gpt2",
            Pre = options.Splitter.Name,
            Tokens = [.. tokens, .. options.SpecialTokens],
            Kinds = kinds,
            Merges = merges,
        };
    }

    private static Dictionary<string, long> CountPieces(
        IEnumerable<string> texts, BytePairTrainerOptions options, CancellationToken cancellationToken)
    {
        AddedTokenTrie special = new();
        for (int i = 0; i < options.SpecialTokens.Count; i++)
        {
            special.Add(options.SpecialTokens[i], i);
        }

        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<char> rest = text;
            while (special.TryFind(rest, out int start, out int length, out _))
            {
                CountPieces(rest[..start], options.Splitter, counts);
                rest = rest[(start + length)..];
            }

            CountPieces(rest, options.Splitter, counts);
        }

        return counts;
    }

    private static void CountPieces(ReadOnlySpan<char> text, PreSplitter splitter, Dictionary<string, long> counts)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        while (text.Length > 0)
        {
            int length = splitter.NextLength(text);
            CollectionsMarshal.GetValueRefOrAddDefault(lookup, text[..length], out _)++;
            text = text[length..];
        }
    }
}
