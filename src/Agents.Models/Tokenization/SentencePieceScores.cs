namespace Agents.Models.Tokenization;

/// <summary>Scores for files that state them where merges were given instead.</summary>
internal static class SentencePieceScores
{
    /// <summary>The earlier a token is merged, the better its score; tokens that no merge makes need none.</summary>
    /// <param name="definition">A definition with merges.</param>
    /// <returns>Scores by id. [vocabulary]</returns>
    public static float[] FromMerges(TokenizerDefinition definition)
    {
        Dictionary<string, int> rankOfText = new(StringComparer.Ordinal);
        for (int rank = 0; rank < definition.Merges.Count; rank++)
        {
            rankOfText.TryAdd(definition.Merges[rank].Replace(" ", string.Empty, StringComparison.Ordinal), rank);
        }

        return [.. definition.Tokens.Select(text => rankOfText.TryGetValue(text, out int rank) ? -(float)rank : 0)];
    }
}
