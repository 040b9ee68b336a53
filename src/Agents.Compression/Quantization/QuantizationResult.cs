using System.Collections.Immutable;

namespace Agents.Compression.Quantization;

/// <summary>What a conversion did.</summary>
public sealed record QuantizationResult
{
    /// <summary>Gets the id of the method.</summary>
    public required string Method { get; init; }

    /// <summary>Gets the file that was written.</summary>
    public required string Output { get; init; }

    /// <summary>Gets the stored bits per parameter of the output: every tensor byte (scales, norms, embeddings) over the number of parameters.</summary>
    public required double BitsPerWeight { get; init; }

    /// <summary>Gets the size of the input's weight files.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Gets the size of the output.</summary>
    public required long BytesAfter { get; init; }

    /// <summary>Gets the perplexity of the input on the given text; null when no text was given.</summary>
    public double? PerplexityBefore { get; init; }

    /// <summary>Gets the perplexity of the output on the same text; null when no text was given.</summary>
    public double? PerplexityAfter { get; init; }

    /// <summary>Gets the number of tokens that were predicted for each perplexity; 0 without a text.</summary>
    public int ScoredTokens { get; init; }

    /// <summary>Gets the matrices that are not stored as the method means to, because their rows are no whole number of blocks; another type holds them.</summary>
    public required ImmutableArray<string> FallbackMatrices { get; init; }
}
