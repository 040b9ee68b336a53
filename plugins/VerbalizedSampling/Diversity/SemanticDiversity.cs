namespace Agents.Plugins.VerbalizedSampling.Diversity;

/// <summary>Diversity by embeddings (papers/51 §2.6), within the answers to one prompt: across prompts it means nothing.</summary>
public static class SemanticDiversity
{
    /// <summary>Returns 1 − mean pairwise cosine, the form of the paper.</summary>
    /// <param name="embeddings">One vector per answer, at least two, none of them zero.</param>
    /// <exception cref="ArgumentException">There are too few vectors, they differ in length, or one is zero.</exception>
    public static double OneMinusCosine(IReadOnlyList<IReadOnlyList<float>> embeddings) => 1 - MeanCosine(embeddings);

    /// <summary>Returns (1 − mean pairwise cosine) / 2, in [0, 1], the form of the released evaluator.</summary>
    /// <param name="embeddings">One vector per answer, at least two, none of them zero.</param>
    /// <exception cref="ArgumentException">There are too few vectors, they differ in length, or one is zero.</exception>
    public static double Halved(IReadOnlyList<IReadOnlyList<float>> embeddings) => (1 - MeanCosine(embeddings)) / 2;

    private static double MeanCosine(IReadOnlyList<IReadOnlyList<float>> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Count < 2)
        {
            throw new ArgumentException($"Diversity needs at least two answers, there {(embeddings.Count == 1 ? "is one" : "are none")}.", nameof(embeddings));
        }

        double[] lengths = [.. embeddings.Select(vector => Math.Sqrt(vector.Sum(x => (double)x * x)))];
        double sum = 0;
        for (int i = 0; i < embeddings.Count; i++)
        {
            if (embeddings[i].Count != embeddings[0].Count || !(lengths[i] > 0))
            {
                throw new ArgumentException($"Vector {i} has {embeddings[i].Count} values and length {lengths[i]}; expected {embeddings[0].Count} values, not all zero.", nameof(embeddings));
            }

            for (int j = 0; j < i; j++)
            {
                sum += embeddings[i].Zip(embeddings[j], (a, b) => (double)a * b).Sum() / (lengths[i] * lengths[j]);
            }
        }

        return sum / (embeddings.Count * (embeddings.Count - 1) / 2.0);
    }
}
