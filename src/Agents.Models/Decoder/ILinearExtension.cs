using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>Adds to the output of linear layers, row by row: adapters over a frozen base. Serving and training call it at the same places, so their results agree bit for bit.</summary>
/// <typeparam name="T">Element type.</typeparam>
public interface ILinearExtension<T>
    where T : unmanaged
{
    /// <summary>Adds to the output of one layer for the rows that the extension concerns; other rows keep their bits.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="weight">The frozen weight, which names the layer; it may be the embedding where that is also the head.</param>
    /// <param name="rows">[rows], index in the batch of every row of <paramref name="x"/> (the head sees chosen rows only); empty when these are all rows in order.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="y">[rows, outputs], holds x · weightᵀ (+ bias) and is added to.</param>
    void Apply(IKernels<T> kernels, WeightTensor<T> weight, ReadOnlySpan<int> rows, MatrixView<T> x, MatrixView<T> y);
}
