using System.Numerics;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>
/// Backward of DoRA's layers (papers/00-model-architecture §7), tile by tile over rows of V = W + B·(s·A). With G = dYᵀ·X: dm = G·V/n per row,
/// dV = m/n·G (and − m·(G·V)/n³·V with exact norms), dB = dV·(s·A)ᵀ, dA = s·Bᵀ·dV, dX = (m/n ⊙ dY)·V.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class MagnitudeBackward<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IKernels<T> _kernels;
    private readonly AdapterParameters<T> _parameters;
    private readonly AdapterParameters<T> _gradients;
    private readonly RowNorms<T> _norms;
    private readonly WeightTiles<T> _tiles;
    private readonly bool _exact;
    private readonly AlignedBuffer<T> _product;
    private readonly AlignedBuffer<T> _dOutput;
    private readonly AlignedBuffer<T> _dA;
    private readonly AlignedBuffer<T> _gains;

    /// <summary>Allocates the workspace.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="parameters">Values of the adapter.</param>
    /// <param name="gradients">Gradients of the adapter, added to.</param>
    /// <param name="norms">Row norms.</param>
    /// <param name="tiles">Reads the base.</param>
    /// <param name="exact">Whether norms take part in the gradient.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    /// <param name="tileElements">Elements of the largest tile.</param>
    public MagnitudeBackward(
        IKernels<T> kernels, AdapterParameters<T> parameters, AdapterParameters<T> gradients, RowNorms<T> norms, WeightTiles<T> tiles, bool exact, int maximumRows, long tileElements)
    {
        _kernels = kernels;
        _parameters = parameters;
        _gradients = gradients;
        _norms = norms;
        _tiles = tiles;
        _exact = exact;
        _product = new AlignedBuffer<T>(tileElements);
        _dOutput = new AlignedBuffer<T>((long)maximumRows * WeightTiles<T>.MaximumRows);
        _dA = new AlignedBuffer<T>(parameters.Layout.Slots.Max(slot => (long)slot.Rank * slot.Inputs));
        _gains = new AlignedBuffer<T>(parameters.Layout.Slots.Max(slot => slot.Outputs));
    }

    /// <summary>Adds the gradients of A, B and m and turns the gradient of the output into that of the input, which must not share its memory.</summary>
    /// <param name="slot">The weight.</param>
    /// <param name="weight">Its tensor.</param>
    /// <param name="dOutput">[rows, outputs].</param>
    /// <param name="input">[rows, inputs].</param>
    /// <param name="dInput">[rows, inputs].</param>
    /// <param name="accumulate">Whether to add to <paramref name="dInput"/>.</param>
    public void Run(AdapterSlot slot, WeightTensor<T> weight, MatrixView<T> dOutput, MatrixView<T> input, MatrixView<T> dInput, bool accumulate)
    {
        T* gains = AdapterForward<T>.Gains(slot, _parameters, _norms, _gains.Data);
        MatrixView<T> scaledA = _norms.ScaledA(slot);
        MatrixView<T> b = _parameters.B(slot);
        MatrixView<T> dB = _gradients.B(slot);
        MatrixView<T> dA = new(_dA.Data, slot.Rank, slot.Inputs);
        new Span<T>(dA.Data, slot.Rank * slot.Inputs).Clear();
        int step = _tiles.RowsPerTile(weight);
        for (int first = 0; first < slot.Outputs; first += step)
        {
            int count = Math.Min(step, slot.Outputs - first);
            MatrixView<T> v = _norms.Tile(weight, scaledA, b, first, count);
            MatrixView<T> g = new(_product.Data, count, slot.Inputs);
            _kernels.TransposedMultiply(dOutput.ColumnRange(first, count), input, g, accumulate: false);
            for (int row = 0; row < count; row++)
            {
                Row(slot, first + row, gains[first + row], g.Row(row), v.Row(row));
            }

            _kernels.MultiplyTransposed(g, scaledA, dB.RowRange(first, count), accumulate: true);
            _kernels.TransposedMultiply(b.RowRange(first, count), g, dA, accumulate: true);
            _kernels.Multiply(Scaled(dOutput.ColumnRange(first, count), gains + first), v, dInput, accumulate || first > 0);
        }

        AdapterForward<T>.Scale(dA, T.CreateTruncating(slot.Scale));
        _kernels.Add(dA, _gradients.A(slot));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _product.Dispose();
        _dOutput.Dispose();
        _dA.Dispose();
        _gains.Dispose();
    }

    /// <summary>Adds the gradient of one magnitude and turns a row of G into one of dV.</summary>
    private void Row(AdapterSlot slot, int output, T gain, T* g, T* v)
    {
        T norm = _norms.Of(slot)[output];
        T slope = T.Zero;
        if (norm > T.Zero)
        {
            double dot = 0;
            for (int i = 0; i < slot.Inputs; i++)
            {
                dot += double.CreateTruncating(g[i]) * double.CreateTruncating(v[i]);
            }

            slope = T.CreateTruncating(dot) / norm;
            _gradients.Magnitude(slot).Data[output] += slope;
        }

        T back = _exact && norm > T.Zero ? gain * slope / norm : T.Zero;
        for (int i = 0; i < slot.Inputs; i++)
        {
            g[i] = (gain * g[i]) - (back * v[i]);
        }
    }

    private MatrixView<T> Scaled(MatrixView<T> dOutput, T* gains)
    {
        MatrixView<T> scaled = new(_dOutput.Data, dOutput.Rows, dOutput.Columns);
        for (int row = 0; row < dOutput.Rows; row++)
        {
            for (int i = 0; i < dOutput.Columns; i++)
            {
                scaled.Row(row)[i] = gains[i] * dOutput.Row(row)[i];
            }
        }

        return scaled;
    }
}
