namespace Agents.Models;

/// <summary>Asks for one vector per token sequence.</summary>
/// <param name="Sequences">Token ids; every sequence has at least one.</param>
public sealed record EmbeddingRequest(IReadOnlyList<IReadOnlyList<int>> Sequences)
{
    /// <summary>Gets how token vectors become one. Default <see cref="EmbeddingPooling.Mean"/>.</summary>
    public EmbeddingPooling Pooling { get; init; }

    /// <summary>Gets whether vectors are brought to length 1, so that their dot product is the cosine. Default true.</summary>
    public bool Normalize { get; init; } = true;
}
