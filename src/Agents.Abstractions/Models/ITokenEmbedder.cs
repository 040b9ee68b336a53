namespace Agents.Models;

/// <summary>Turns token sequences into vectors. Safe for concurrent calls.</summary>
public interface ITokenEmbedder
{
    /// <summary>Gets the length of the vectors.</summary>
    int EmbeddingSize { get; }

    /// <summary>Computes one vector per sequence: the hidden states behind the last norm, pooled. A sequence's vector does not depend on the others.</summary>
    /// <param name="request">Sequences and pooling.</param>
    /// <param name="cancellationToken">Honoured between batches.</param>
    /// <returns>One vector of <see cref="EmbeddingSize"/> per sequence.</returns>
    /// <exception cref="ArgumentException">A sequence is empty, too long, or has ids outside the vocabulary.</exception>
    ValueTask<IReadOnlyList<float[]>> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken = default);
}
