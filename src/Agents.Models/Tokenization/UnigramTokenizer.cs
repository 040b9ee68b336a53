using System.Buffers;

namespace Agents.Models.Tokenization;

/// <summary>
/// SentencePiece unigram: of all ways to cut a text into tokens the one with the highest sum of scores is taken (Viterbi; T. Kudo, 2018). Characters outside
/// the vocabulary cost as much as the worst token and 10 more.
/// </summary>
public sealed class UnigramTokenizer : SpacedTokenizer
{
    /// <summary>The <see cref="TokenizerDefinition.Model"/> of this kind.</summary>
    public const string ModelName = "t5";

    private const double UnknownPenalty = 10;
    private readonly IReadOnlyList<float> _scores;
    private readonly double _unknownScore;
    private readonly int _longest;

    /// <summary>Creates a tokenizer from the data of a model file.</summary>
    /// <param name="definition">What the file says.</param>
    /// <exception cref="TokenizerException">
    /// The definition is of another kind, has not a score for every token, or cannot express text outside its vocabulary.
    /// </exception>
    public UnigramTokenizer(TokenizerDefinition definition)
        : base(definition, ModelName)
    {
        if (definition.Scores.Count != definition.Tokens.Count)
        {
            throw new TokenizerException($"There are {definition.Tokens.Count} tokens but {definition.Scores.Count} scores; a unigram vocabulary needs one for each.");
        }

        AddBos = definition.BosId is not null && (definition.AddBos ?? false);
        _scores = definition.Scores;
        int[] ordinary = [.. Enumerable.Range(0, definition.Tokens.Count).Where(id => definition.KindOf(id) is TokenKind.Normal or TokenKind.Undefined)];
        _unknownScore = ordinary.Select(id => (double)definition.Scores[id]).DefaultIfEmpty(0).Min() - UnknownPenalty;
        _longest = ordinary.Select(id => definition.Tokens[id].Length).DefaultIfEmpty(1).Max();
    }

    /// <inheritdoc/>
    public override bool AddBos { get; }

    private protected override void EncodeEscaped(ReadOnlySpan<char> text, List<int> destination)
    {
        double[] best = ArrayPool<double>.Shared.Rent(text.Length + 1);
        int[] from = ArrayPool<int>.Shared.Rent(text.Length + 1);
        int[] ids = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            Search(text, best.AsSpan(0, text.Length + 1), from, ids);
            Follow(text, from, ids, destination);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(best);
            ArrayPool<int>.Shared.Return(from);
            ArrayPool<int>.Shared.Return(ids);
        }
    }

    /// <summary>Finds for every end the best last token; -1 stands for a character outside the vocabulary.</summary>
    private void Search(ReadOnlySpan<char> text, Span<double> best, Span<int> from, Span<int> ids)
    {
        best.Fill(double.NegativeInfinity);
        best[0] = 0;
        for (int start = 0; start < text.Length; start += CharacterLength(text, start))
        {
            int character = CharacterLength(text, start);
            bool single = false;
            for (int length = character; length <= _longest && start + length <= text.Length; length++)
            {
                if (Pieces.Ordinary.TryGetValue(text.Slice(start, length), out int id))
                {
                    single |= length == character;
                    Offer(best, from, ids, start, start + length, best[start] + _scores[id], id);
                }
            }

            if (!single)
            {
                Offer(best, from, ids, start, start + character, best[start] + _unknownScore, -1);
            }
        }
    }

    private static void Offer(Span<double> best, Span<int> from, Span<int> ids, int start, int end, double score, int id)
    {
        if (score > best[end])
        {
            (best[end], from[end], ids[end]) = (score, start, id);
        }
    }

    private void Follow(ReadOnlySpan<char> text, Span<int> from, Span<int> ids, List<int> destination)
    {
        // The way is known from its end; turning the links around gives it from its start.
        int end = text.Length;
        int after = -1;
        int afterId = 0;
        while (end >= 0)
        {
            int start = end == 0 ? -1 : from[end];
            int id = ids[end];
            from[end] = after;
            ids[end] = afterId;
            (after, afterId, end) = (end, id, start);
        }

        for (int start = 0; start < text.Length; start = from[start])
        {
            if (ids[start] >= 0)
            {
                destination.Add(ids[start]);
            }
            else
            {
                Pieces.AppendFallback(text[start..from[start]], destination);
            }
        }
    }
}
