using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Training.Rollouts;

/// <summary>Serves a copy of the trainer's weights as a fresh model, whose caches are empty. The way for small models; large ones publish an adapter.</summary>
/// <param name="weights">The trainer's weights.</param>
/// <param name="tokenizer">The tokenizer's data.</param>
/// <param name="options">How generations run; null for defaults.</param>
public sealed class CopiedPolicy(DecoderWeights<float> weights, TokenizerDefinition tokenizer, DecoderModelOptions? options = null) : IPolicySync
{
    /// <inheritdoc/>
    public ValueTask<PolicyGeneration> PublishAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DecoderWeights<float> copy = new(weights.Shape);
        copy.CopyFrom(weights);
        DecoderModel model = new(copy, tokenizer, options);
        return ValueTask.FromResult(new PolicyGeneration(model, model));
    }
}
