namespace Agents.Models.Scoring;

/// <summary>Scores whole texts. Texts longer than the context are cut into windows that overlap by half, so every token but the first ones sees at least half a context.</summary>
public static class TextScorer
{
    /// <summary>Scores a text. The first token is predicted only when the model has a beginning-of-sequence token in front.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">Any text; control tokens are not parsed.</param>
    /// <param name="cancellationToken">Honoured between windows.</param>
    public static Task<TextScore> ScoreAsync(ILanguageModel model, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        if (model.Tokenizer.AddBos && model.Tokenizer.BosId is int bos)
        {
            ids.Add(bos);
        }

        model.Tokenizer.Encode(text, ids);
        return ScoreAsync(model, ids, cancellationToken);
    }

    /// <summary>Scores token ids; the first one is not predicted.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenIds">The ids.</param>
    /// <param name="cancellationToken">Honoured between windows.</param>
    public static async Task<TextScore> ScoreAsync(ILanguageModel model, IReadOnlyList<int> tokenIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenIds);
        int[] ids = [.. tokenIds];
        int context = model.Shape.ContextLength;
        int half = Math.Max(1, context / 2);
        int predicted = 0;
        double sum = 0;
        for (int at = Math.Min(1, ids.Length); at < ids.Length;)
        {
            int prefix = Math.Min(at, half);
            int count = Math.Min(ids.Length - at, Math.Max(1, context - prefix));
            ScoreRequest request = new(ids[(at - prefix)..at], [ids[at..(at + count)]]);
            float[] scores = (await model.ScoreAsync(request, cancellationToken).ConfigureAwait(false))[0];
            foreach (float score in scores)
            {
                sum -= score;
            }

            predicted += count;
            at += count;
        }

        return new TextScore(predicted, sum);
    }
}
