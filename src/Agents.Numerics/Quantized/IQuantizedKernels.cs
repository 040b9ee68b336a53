using Agents.Numerics.Formats;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized;

/// <summary>Products with weights that stay in their stored format.</summary>
/// <remarks>
/// Numeric contract: integer parts are exact, and every output is one chain of single-precision operations over blocks in ascending order, starting from 0,
/// whatever batch size, thread count and instruction level; so all implementations give the same bits. Per block, with the products of two scales rounded first:
/// <list type="bullet">
/// <item>Q4_0, Q5_0, Q8_0, IQ4_NL: acc = fma(Σ code·q, d_w·d_x, acc), codes with their offset removed.</item>
/// <item>Q4_1, Q5_1: acc = fma(Σ code·q, d_w·d_x, acc); acc = fma(m_w, s_x, acc).</item>
/// <item>Q3_K, Q6_K: acc = fma(Σ_j scale_j·Σ code·q, d_w·d_x, acc).</item>
/// <item>Q2_K, Q4_K, Q5_K: the same with codes from 0, then acc = fma(Σ_j min_j·Σq_j, −(dmin_w·d_x), acc).</item>
/// <item>TQ1_0, TQ2_0: acc = fma(Σ (trit − 1)·q, d_w·d_x, acc).</item>
/// <item>F16, BF16: acc = fma(x_k, w_k, acc) for ascending k, as <see cref="Kernels.IMatrixKernels{T}"/> promises for singles.</item>
/// </list>
/// A bias is added at the end.
/// </remarks>
public unsafe interface IQuantizedKernels
{
    /// <summary>Returns how activations are rounded for weights of a type.</summary>
    /// <param name="type">A type with a <see cref="PanelFormat"/>.</param>
    static ActivationFormat ActivationsOf(ElementType type) => type switch
    {
        ElementType.F16 or ElementType.BF16 => ActivationFormat.Single,
        ElementType.Q4_0 or ElementType.Q5_0 or ElementType.Q8_0 or ElementType.IQ4_NL => ActivationFormat.Block32,
        ElementType.Q4_1 or ElementType.Q5_1 => ActivationFormat.Block32WithSum,
        ElementType.Q2_K or ElementType.Q3_K or ElementType.Q4_K or ElementType.Q5_K or ElementType.Q6_K or ElementType.TQ1_0 or ElementType.TQ2_0 => ActivationFormat.Block256,
        _ => throw new ArgumentException($"{BlockLayouts.NameOf(type)} is no packed format.", nameof(type)),
    };

    /// <summary>Rounds rows.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="format">How; not <see cref="ActivationFormat.Single"/>.</param>
    /// <param name="target">Receives the rounded rows.</param>
    void Quantize(MatrixView<float> x, ActivationFormat format, QuantizedRows target);

    /// <summary>RMS norm and <see cref="Quantize"/> in one pass; the same bits as one after the other.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">[rows, columns], receives the normed rows in single precision; may be <paramref name="x"/>.</param>
    /// <param name="inverseRms">[rows], or null.</param>
    /// <param name="format">How the normed rows are rounded.</param>
    /// <param name="target">Receives the rounded rows.</param>
    void RmsNormQuantize(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms, ActivationFormat format, QuantizedRows target);

    /// <summary>Computes a group of linear layers over the same rounded rows as one parallel job.</summary>
    /// <param name="x">Rounded rows; their format is that of every weight in the group.</param>
    /// <param name="products">The layers, at most 8.</param>
    /// <exception cref="ArgumentException">Shapes or formats do not fit together.</exception>
    void Multiply(QuantizedRows x, ReadOnlySpan<QuantizedProduct> products);

    /// <summary>Computes a group of linear layers with F16 or BF16 weights over rows in single precision as one parallel job.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="products">The layers, at most 8.</param>
    /// <exception cref="ArgumentException">Shapes or formats do not fit together.</exception>
    void Multiply(MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products);

    /// <summary>Decodes rows of a packed matrix to single precision (an embedding that is also the head; a backward pass, tile by tile).</summary>
    /// <param name="weight">Packed matrix.</param>
    /// <param name="rows">Indices of the rows.</param>
    /// <param name="target">[rows, columns].</param>
    void Dequantize(QuantizedMatrix weight, ReadOnlySpan<int> rows, MatrixView<float> target);
}
