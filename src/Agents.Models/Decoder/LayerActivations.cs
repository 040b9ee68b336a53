using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>
/// Where one layer's forward pass writes. Inference lets all layers share one set; training gives each layer its own and keeps it for the backward pass
/// (papers/00-model-architecture §5). Pointers that only the backward pass needs may be null.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public unsafe struct LayerActivations<T>
    where T : unmanaged
{
    /// <summary>Residual stream entering the layer, [rows, hidden].</summary>
    public MatrixView<T> Input;

    /// <summary>Input after the first norm, [rows, hidden].</summary>
    public MatrixView<T> AttentionInput;

    /// <summary>Reciprocal RMS of the first norm, [rows]; may be null.</summary>
    public T* InputInverseRms;

    /// <summary>Queries before QK-norm, [rows, query width]; only with QK-norm, may equal <see cref="Queries"/> when not kept.</summary>
    public MatrixView<T> RawQueries;

    /// <summary>Keys before QK-norm, [rows, key/value width]; only with QK-norm.</summary>
    public MatrixView<T> RawKeys;

    /// <summary>Reciprocal RMS of the query norm, [rows, heads]; may be null.</summary>
    public T* QueryInverseRms;

    /// <summary>Reciprocal RMS of the key norm, [rows, key/value heads]; may be null.</summary>
    public T* KeyInverseRms;

    /// <summary>Queries after RoPE, [rows, query width].</summary>
    public MatrixView<T> Queries;

    /// <summary>Keys after RoPE, [rows, key/value width].</summary>
    public MatrixView<T> Keys;

    /// <summary>Values, [rows, key/value width].</summary>
    public MatrixView<T> Values;

    /// <summary>Attention output before the output projection, [rows, query width].</summary>
    public MatrixView<T> AttentionOutput;

    /// <summary>Log-sum-exp of the attention scores, [rows, heads]; may be null.</summary>
    public T* LogSumExp;

    /// <summary>Residual stream after attention, [rows, hidden]; may be <see cref="Input"/> when not kept.</summary>
    public MatrixView<T> AfterAttention;

    /// <summary>After the second norm, [rows, hidden].</summary>
    public MatrixView<T> FeedForwardInput;

    /// <summary>Reciprocal RMS of the second norm, [rows]; may be null.</summary>
    public T* PostInverseRms;

    /// <summary>Gate before the activation, [rows, feed-forward].</summary>
    public MatrixView<T> Gate;

    /// <summary>Up projection, [rows, feed-forward].</summary>
    public MatrixView<T> Up;

    /// <summary>silu(gate) ⊙ up, [rows, feed-forward]; may be <see cref="Gate"/> when not kept.</summary>
    public MatrixView<T> Product;

    /// <summary>Residual stream leaving the layer, [rows, hidden]; may be <see cref="Input"/> when not kept.</summary>
    public MatrixView<T> Output;
}
