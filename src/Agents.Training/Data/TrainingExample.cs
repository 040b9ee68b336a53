using Agents.Learning;

namespace Agents.Training.Data;

/// <summary>One token sequence to learn from. Token ids are used as recorded and never made from text again.</summary>
public sealed record TrainingExample
{
    /// <summary>Gets the tokens, prompt and completion together.</summary>
    public required int[] TokenIds { get; init; }

    /// <summary>Gets how much predicting each token counts, one entry per token; 0 masks it. The first entry is never used, because nothing precedes the first token.</summary>
    public required float[] Weights { get; init; }

    /// <summary>
    /// Gets what an objective needs beside the model's statistics, one entry per token (entry i belongs to predicting token i; the first is never used) and one
    /// label for the sequence; null where it needs nothing.
    /// </summary>
    public TokenColumns? Columns { get; init; }

    /// <summary>Creates an example that learns every token (pre-training).</summary>
    /// <param name="tokenIds">The tokens.</param>
    public static TrainingExample Text(int[] tokenIds)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        float[] weights = new float[tokenIds.Length];
        Array.Fill(weights, 1f);
        return new TrainingExample { TokenIds = tokenIds, Weights = weights };
    }

    /// <summary>Creates an example that learns some spans (the assistant's turns of a conversation).</summary>
    /// <param name="tokenIds">The tokens.</param>
    /// <param name="spans">What is learned; must lie inside the sequence.</param>
    /// <exception cref="ArgumentException">A span leaves the sequence.</exception>
    public static TrainingExample FromSpans(int[] tokenIds, params ReadOnlySpan<TargetSpan> spans)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        float[] weights = new float[tokenIds.Length];
        foreach (TargetSpan span in spans)
        {
            if (span.Start < 0 || span.Count < 0 || span.Start > tokenIds.Length - span.Count)
            {
                throw new ArgumentException($"The span of {span.Count} tokens from {span.Start} leaves the sequence of {tokenIds.Length} tokens.", nameof(spans));
            }

            weights.AsSpan(span.Start, span.Count).Fill(1f);
        }

        return new TrainingExample { TokenIds = tokenIds, Weights = weights };
    }
}
