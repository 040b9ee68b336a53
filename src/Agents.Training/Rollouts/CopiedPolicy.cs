using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Training.Rollouts;

/// <summary>Serves a copy of the trainer's weights as a fresh model, whose caches are empty. The way for small models; large ones publish an adapter.</summary>
/// <remarks>
/// Generations are named by a fingerprint instead of a SHA-256 of all weights. Ended samples leave no prefix behind, unless the options say so: the next step has other
/// weights, and siblings share their prompt anyway.
/// </remarks>
/// <param name="weights">The trainer's weights.</param>
/// <param name="tokenizer">The tokenizer's data.</param>
/// <param name="options">How generations run; null for defaults without a prefix cache.</param>
public sealed unsafe class CopiedPolicy(DecoderWeights<float> weights, TokenizerDefinition tokenizer, DecoderModelOptions? options = null) : IPolicySync
{
    private readonly DecoderModelOptions _options = options ?? new DecoderModelOptions { PrefixCache = false };

    /// <inheritdoc/>
    public ValueTask<PolicyGeneration> PublishAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DecoderWeights<float> copy = new(weights.Shape);
        copy.CopyFrom(weights);
        DecoderModel model = new(copy, tokenizer, _options with { GenerationId = WeightFingerprint.Of(copy.Data, copy.Length) });
        return ValueTask.FromResult(new PolicyGeneration(model, model));
    }
}
