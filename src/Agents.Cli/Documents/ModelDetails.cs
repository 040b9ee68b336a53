namespace Agents.Cli.Documents;

/// <summary>What a model file says about the model.</summary>
internal sealed record ModelDetails
{
    /// <summary>Gets the architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Gets the number of parameters; a tied head counts once.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets the number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Gets the width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Gets the query heads of the first layer.</summary>
    public required int Heads { get; init; }

    /// <summary>Gets the key/value heads of the first layer.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Gets the width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Gets the feed-forward width of the first layer.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Gets the number of embedding rows.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Gets the longest sequence.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Gets whether the output head is the embedding.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Gets the number of tensors per element type, for example <c>Q8_0: 29</c>.</summary>
    public required IReadOnlyDictionary<string, int> TensorTypes { get; init; }

    /// <summary>Gets the built-in chat template that fits; null when none does.</summary>
    public required string? ChatTemplate { get; init; }

    /// <summary>Gets the fingerprint of the tokenizer.</summary>
    public required string TokenizerFingerprint { get; init; }
}
