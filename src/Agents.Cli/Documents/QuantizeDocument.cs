namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents quantize</c>.</summary>
/// <param name="Output">The file that was written.</param>
/// <param name="Method">Id of the method.</param>
/// <param name="BitsPerWeight">Stored bits per parameter with scales, norms and embeddings counted.</param>
/// <param name="BytesBefore">Size of the input.</param>
/// <param name="BytesAfter">Size of the output.</param>
/// <param name="PerplexityBefore">Perplexity of the input on the text; null without one.</param>
/// <param name="PerplexityAfter">Perplexity of the output on the same text; null without one.</param>
/// <param name="ScoredTokens">Number of tokens that were predicted for each perplexity.</param>
/// <param name="FallbackMatrices">Number of matrices whose rows do not fit the method's blocks and that got another type.</param>
internal sealed record QuantizeDocument(
    string Output,
    string Method,
    double BitsPerWeight,
    long BytesBefore,
    long BytesAfter,
    double? PerplexityBefore,
    double? PerplexityAfter,
    int ScoredTokens,
    int FallbackMatrices);
