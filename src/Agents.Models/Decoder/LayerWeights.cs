namespace Agents.Models.Decoder;

/// <summary>Tensors of one decoder layer. Optional ones are null where the architecture has none.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class LayerWeights<T>
    where T : unmanaged
{
    /// <summary>Gets the widths of the layer.</summary>
    public required LayerShape Shape { get; init; }

    /// <summary>Gets the norm before attention, [hidden].</summary>
    public required WeightTensor<T> InputNorm { get; init; }

    /// <summary>Gets the query projection, [heads · head size, hidden].</summary>
    public required WeightTensor<T> Query { get; init; }

    /// <summary>Gets the key projection, [key/value heads · head size, hidden].</summary>
    public required WeightTensor<T> Key { get; init; }

    /// <summary>Gets the value projection, [key/value heads · head size, hidden].</summary>
    public required WeightTensor<T> Value { get; init; }

    /// <summary>Gets the output projection, [hidden, heads · head size].</summary>
    public required WeightTensor<T> Output { get; init; }

    /// <summary>Gets the query bias, [heads · head size].</summary>
    public WeightTensor<T>? QueryBias { get; init; }

    /// <summary>Gets the key bias, [key/value heads · head size].</summary>
    public WeightTensor<T>? KeyBias { get; init; }

    /// <summary>Gets the value bias, [key/value heads · head size].</summary>
    public WeightTensor<T>? ValueBias { get; init; }

    /// <summary>Gets the per-head query norm, [head size].</summary>
    public WeightTensor<T>? QueryNorm { get; init; }

    /// <summary>Gets the per-head key norm, [head size].</summary>
    public WeightTensor<T>? KeyNorm { get; init; }

    /// <summary>Gets the norm before the feed-forward part, [hidden].</summary>
    public required WeightTensor<T> PostNorm { get; init; }

    /// <summary>Gets the gate projection, [feed-forward, hidden].</summary>
    public required WeightTensor<T> Gate { get; init; }

    /// <summary>Gets the up projection, [feed-forward, hidden].</summary>
    public required WeightTensor<T> Up { get; init; }

    /// <summary>Gets the down projection, [hidden, feed-forward].</summary>
    public required WeightTensor<T> Down { get; init; }
}
