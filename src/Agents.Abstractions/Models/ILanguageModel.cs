namespace Agents.Models;

/// <summary>A model at the level of tokens. Safe for concurrent calls.</summary>
public interface ILanguageModel
{
    /// <summary>Gets the name shown to users, for example <c>tiny-1</c>.</summary>
    string Name { get; }

    /// <summary>Gets the hash of weights, adapters and quantization; caches and records are keyed by it.</summary>
    string GenerationId { get; }

    /// <summary>Returns the hash of the weights as some adapters change them: what <see cref="GenerationId"/> is without any.</summary>
    /// <param name="adapters">A weighted mixture; may be empty.</param>
    /// <exception cref="ArgumentException">An adapter is unknown.</exception>
    /// <exception cref="NotSupportedException">The model has no adapters.</exception>
    string GenerationIdOf(IReadOnlyList<AdapterUse> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        return adapters.Count == 0 ? GenerationId : throw new NotSupportedException($"The model {Name} has no adapters.");
    }

    /// <summary>Gets sizes and architecture.</summary>
    ModelShape Shape { get; }

    /// <summary>Gets the tokenizer.</summary>
    ITokenizer Tokenizer { get; }

    /// <summary>Gets what this model can do.</summary>
    LanguageModelCapabilities Capabilities { get; }

    /// <summary>Samples completions; tokens arrive step by step, interleaved over samples. The same request gives the same tokens for any batch composition and thread count.</summary>
    /// <param name="request">Prompts, samples and limits.</param>
    /// <param name="cancellationToken">Honoured within one decode step.</param>
    /// <exception cref="ArgumentException">A prompt is empty, too long, or has ids outside the vocabulary.</exception>
    IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default);

    /// <summary>Returns the log-probability of every token of every continuation, given prefix and preceding tokens.</summary>
    /// <param name="request">Prefix and continuations.</param>
    /// <param name="cancellationToken">Honoured between batches.</param>
    ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default);
}
