using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized;

/// <summary>One linear layer of a group that reads the same rows: y = x · weightᵀ (+ bias).</summary>
/// <param name="weight">[outputs, inputs]; the caller keeps it alive.</param>
/// <param name="bias">[outputs], added last; or null.</param>
/// <param name="result">[rows, outputs], written.</param>
public readonly unsafe struct QuantizedProduct(QuantizedMatrix weight, float* bias, MatrixView<float> result)
{
    /// <summary>Gets the weight.</summary>
    public QuantizedMatrix Weight { get; } = weight;

    /// <summary>Gets the bias, or null.</summary>
    public float* Bias { get; } = bias;

    /// <summary>Gets where the result goes.</summary>
    public MatrixView<float> Result { get; } = result;
}
