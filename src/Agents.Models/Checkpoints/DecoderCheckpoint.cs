using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Models.Checkpoints;

/// <summary>What a model file holds: weights in the canonical layout, the tokenizer, and a name. Whoever takes the weights over disposes them.</summary>
/// <param name="Name">Name in the file, or the file's own name.</param>
/// <param name="Weights">Parameters.</param>
/// <param name="Tokenizer">The tokenizer's data; may have fewer tokens than the embedding has rows.</param>
public sealed record DecoderCheckpoint(string Name, DecoderWeights<float> Weights, TokenizerDefinition Tokenizer);
