using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>One linear layer of a group that reads the same rows: result = x · weightᵀ (+ bias).</summary>
/// <param name="weight">[outputs, inputs] in any storage.</param>
/// <param name="bias">[outputs], or null.</param>
/// <param name="result">[rows, outputs], written.</param>
/// <typeparam name="T">Element type.</typeparam>
public readonly struct LinearProduct<T>(WeightTensor<T> weight, WeightTensor<T>? bias, MatrixView<T> result)
    where T : unmanaged
{
    /// <summary>Gets the weight.</summary>
    public WeightTensor<T> Weight { get; } = weight;

    /// <summary>Gets the bias, or null.</summary>
    public WeightTensor<T>? Bias { get; } = bias;

    /// <summary>Gets where the result goes.</summary>
    public MatrixView<T> Result { get; } = result;
}
