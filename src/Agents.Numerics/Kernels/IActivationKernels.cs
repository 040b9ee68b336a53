using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <summary>Normalization, rotary positions, gated activation and row movement, each with its backward (papers/00-model-architecture §2, §3, §5).</summary>
/// <remarks>Reductions over one row use 16 interleaved lanes and one fixed tree, so every instruction level gives the same bits; reductions over rows (dWeight) go by ascending row.</remarks>
/// <typeparam name="T">Element type.</typeparam>
public unsafe interface IActivationKernels<T>
    where T : unmanaged
{
    /// <summary>y = weight ⊙ x · r with r = (mean x² + epsilon)^(-1/2) per row. QK-norm passes a view [rows · heads, head size].</summary>
    /// <param name="x">[rows, n].</param>
    /// <param name="weight">[n].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">[rows, n]; may be <paramref name="x"/>.</param>
    /// <param name="inverseRms">[rows], receives r for the backward pass; or null.</param>
    void RmsNorm(MatrixView<T> x, T* weight, T epsilon, MatrixView<T> y, T* inverseRms);

    /// <summary>Adds the gradient of <see cref="RmsNorm"/> to <paramref name="dx"/> and <paramref name="dWeight"/>.</summary>
    /// <param name="dy">[rows, n].</param>
    /// <param name="x">[rows, n], the input of the forward pass.</param>
    /// <param name="weight">[n].</param>
    /// <param name="inverseRms">[rows], of the forward pass.</param>
    /// <param name="dx">[rows, n]; overwritten unless <paramref name="accumulate"/>. May be <paramref name="dy"/> when not accumulating.</param>
    /// <param name="accumulate">Whether to add to <paramref name="dx"/>.</param>
    /// <param name="dWeight">[n], always added to; or null.</param>
    void RmsNormBackward(MatrixView<T> dy, MatrixView<T> x, T* weight, T* inverseRms, MatrixView<T> dx, bool accumulate, T* dWeight);

    /// <summary>Rotates pairs (j, j + headSize/2) of every head by position · frequency ("rotate half"), in place.</summary>
    /// <param name="x">[rows, heads · headSize].</param>
    /// <param name="headSize">Width of one head, even.</param>
    /// <param name="positions">[rows], explicit positions.</param>
    /// <param name="cosSin">[maxPositions, headSize]: headSize/2 cosines, then headSize/2 sines per position.</param>
    /// <param name="inverse">Whether to rotate by the negative angle (backward).</param>
    void Rope(MatrixView<T> x, int headSize, int* positions, MatrixView<T> cosSin, bool inverse);

    /// <summary>output = silu(gate) ⊙ up.</summary>
    /// <param name="gate">[rows, n].</param>
    /// <param name="up">[rows, n].</param>
    /// <param name="output">[rows, n]; may be one of the inputs.</param>
    void SwiGlu(MatrixView<T> gate, MatrixView<T> up, MatrixView<T> output);

    /// <summary>Gradient of <see cref="SwiGlu"/>; overwrites both results.</summary>
    /// <param name="dOutput">[rows, n].</param>
    /// <param name="gate">[rows, n], of the forward pass.</param>
    /// <param name="up">[rows, n], of the forward pass.</param>
    /// <param name="dGate">[rows, n].</param>
    /// <param name="dUp">[rows, n]; may be <paramref name="dOutput"/>.</param>
    void SwiGluBackward(MatrixView<T> dOutput, MatrixView<T> gate, MatrixView<T> up, MatrixView<T> dGate, MatrixView<T> dUp);

    /// <summary>target += source, element by element.</summary>
    /// <param name="source">[rows, n].</param>
    /// <param name="target">[rows, n].</param>
    void Add(MatrixView<T> source, MatrixView<T> target);

    /// <summary>Adds one row to every row (bias).</summary>
    /// <param name="bias">[n].</param>
    /// <param name="target">[rows, n].</param>
    void AddRow(T* bias, MatrixView<T> target);

    /// <summary>target[c] += Σ over rows of source[r, c], by ascending row (gradient of a bias).</summary>
    /// <param name="source">[rows, n].</param>
    /// <param name="target">[n].</param>
    void AddColumnSums(MatrixView<T> source, T* target);

    /// <summary>target[i] = table[ids[i]].</summary>
    /// <param name="table">[vocabulary, n].</param>
    /// <param name="ids">[rows]; the caller has checked the range.</param>
    /// <param name="target">[rows, n].</param>
    void GatherRows(MatrixView<T> table, int* ids, MatrixView<T> target);

    /// <summary>table[ids[i]] += source[i], by ascending i (gradient of an embedding).</summary>
    /// <param name="source">[rows, n].</param>
    /// <param name="ids">[rows].</param>
    /// <param name="table">[vocabulary, n].</param>
    void ScatterAddRows(MatrixView<T> source, int* ids, MatrixView<T> table);
}
