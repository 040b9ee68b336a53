using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Models.Checkpoints;

/// <summary>What a model file holds: weights in the canonical layout, the tokenizer, and a name. Whoever takes the weights over disposes them.</summary>
/// <param name="Name">Name in the file, or the file's own name.</param>
/// <param name="Weights">Parameters.</param>
/// <param name="Tokenizer">The tokenizer's data; may have fewer tokens than the embedding has rows.</param>
public sealed record DecoderCheckpoint(string Name, DecoderWeights<float> Weights, TokenizerDefinition Tokenizer)
{
    /// <summary>Reads a GGUF file or a Hugging Face folder.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="options">How to keep the weights; null for single precision.</param>
    /// <param name="cancellationToken">Stops the reading between pieces of about a mebibyte.</param>
    /// <returns>The model; the caller disposes its weights.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">A file is damaged, of another architecture, or a tensor is missing or has the wrong shape.</exception>
    public static Task<DecoderCheckpoint> LoadAsync(string path, CheckpointLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Directory.Exists(path)
            ? HuggingFaceCheckpoint.LoadAsync(path, options, cancellationToken)
            : GgufCheckpoint.LoadAsync(path, options, cancellationToken);
    }
}
