using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Kernels;

/// <summary>
/// Matrix products. Numeric contract: each output element is one chain of fused multiply-adds over k = 0, 1, ..., K-1, starting from 0 (or from the
/// present value when accumulating), whatever the tile, batch size, thread count or instruction level; so a row of the result never depends on its neighbours.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public unsafe interface IMatrixKernels<T>
    where T : unmanaged
{
    /// <summary>Linear layer: c = a · bᵀ. Backward of nothing; forward of x·Wᵀ.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[n, k], for example a weight [outputs, inputs].</param>
    /// <param name="c">[m, n], written (or added to); must not overlap the inputs.</param>
    /// <param name="accumulate">Whether to add to <paramref name="c"/> instead of overwriting it.</param>
    void MultiplyTransposed(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate);

    /// <summary>c = a · b. Gradient of a linear layer's input: dX = dY · W.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">[m, n].</param>
    /// <param name="accumulate">Whether to add to <paramref name="c"/>.</param>
    void Multiply(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate);

    /// <summary>c = aᵀ · b. Gradient of a linear layer's weight: dW = dYᵀ · X.</summary>
    /// <param name="a">[k, m].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">[m, n].</param>
    /// <param name="accumulate">Whether to add to <paramref name="c"/>.</param>
    void TransposedMultiply(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate);

    /// <summary>Packs a weight once for many products with <see cref="MultiplyPacked"/>. The caller disposes the result.</summary>
    /// <param name="weight">[outputs, inputs]; copied.</param>
    PackedMatrix<T> Pack(MatrixView<T> weight);

    /// <summary>Allocates a packed matrix with undefined contents, to be filled by <see cref="PackRows"/>. The caller disposes the result.</summary>
    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    PackedMatrix<T> AllocatePacked(int outputs, int inputs);

    /// <summary>Packs some rows of a weight (a loader that reads a file piece by piece). Different pieces may be packed at the same time.</summary>
    /// <param name="rows">[count, inputs]; copied. The count is a multiple of <see cref="PackedMatrix{T}.PieceRows"/> unless the piece is the last one.</param>
    /// <param name="first">Row of the weight that the piece starts with, a multiple of <see cref="PackedMatrix{T}.PieceRows"/>.</param>
    /// <param name="packed">Result of <see cref="AllocatePacked"/>.</param>
    void PackRows(MatrixView<T> rows, int first, PackedMatrix<T> packed);

    /// <summary>Packs again into an existing matrix of the same shape, without allocating (after an optimizer step).</summary>
    /// <param name="weight">[outputs, inputs]; copied.</param>
    /// <param name="packed">Result of <see cref="Pack"/> for the same shape.</param>
    void Repack(MatrixView<T> weight, PackedMatrix<T> packed);

    /// <summary>c = a · weightᵀ (+ bias): the same bits as <see cref="MultiplyTransposed"/>. Serves one row (GEMV, decode) and many (GEMM, prefill).</summary>
    /// <param name="a">[m, inputs].</param>
    /// <param name="weight">Packed [outputs, inputs].</param>
    /// <param name="bias">[outputs], or null. Added after the chain.</param>
    /// <param name="c">[m, outputs].</param>
    void MultiplyPacked(MatrixView<T> a, PackedMatrix<T> weight, T* bias, MatrixView<T> c);

    /// <summary>
    /// c = a · W over a frozen weight in a packed form, for dX = dY · W without a copy of the weight: the same bits as <see cref="Multiply"/> over its decoded rows.
    /// </summary>
    /// <param name="a">[m, outputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="c">[m, inputs].</param>
    /// <param name="accumulate">Whether to add to <paramref name="c"/>.</param>
    /// <returns>False when these kernels cannot; then nothing is written, and the caller copies rows.</returns>
    bool TryMultiplyByPacked(MatrixView<T> a, PackedMatrix<T> weight, MatrixView<T> c, bool accumulate) => false;

    /// <summary><see cref="TryMultiplyByPacked"/> over a weight in its stored format.</summary>
    /// <param name="a">[m, outputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="c">[m, inputs].</param>
    /// <param name="accumulate">Whether to add to <paramref name="c"/>.</param>
    /// <returns>False when these kernels cannot, or not for this format; then nothing is written, and the caller decodes rows.</returns>
    bool TryMultiplyByStored(MatrixView<T> a, QuantizedMatrix weight, MatrixView<T> c, bool accumulate) => false;
}
