using System.Numerics;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Backward;

namespace Agents.Training.Adapters;

/// <summary>
/// Backward of frozen linear layers with an adapter (papers/00-model-architecture §7). The gradient goes straight through the rounding of activations:
/// dX = dY·W with W decoded tile by tile; chains of fused multiply-adds make every tile size equal in bits.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class AdapterBackward<T> : ILinearBackward<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IKernels<T> _kernels;
    private readonly AdapterParameters<T> _parameters;
    private readonly AdapterParameters<T> _gradients;
    private readonly WeightTiles<T> _tiles;
    private readonly MagnitudeBackward<T>? _magnitudes;
    private readonly AlignedBuffer<T> _reduced;
    private readonly AlignedBuffer<T> _dReduced;

    /// <summary>Allocates the workspace.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="parameters">Values of the adapter.</param>
    /// <param name="gradients">Gradients of the adapter, added to.</param>
    /// <param name="tiles">Reads the base.</param>
    /// <param name="magnitudes">Backward of DoRA's layers; null for LoRA.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    public AdapterBackward(
        IKernels<T> kernels,
        AdapterParameters<T> parameters,
        AdapterParameters<T> gradients,
        WeightTiles<T> tiles,
        MagnitudeBackward<T>? magnitudes,
        int maximumRows)
    {
        _kernels = kernels;
        _parameters = parameters;
        _gradients = gradients;
        _tiles = tiles;
        _magnitudes = magnitudes;
        long reduced = (long)maximumRows * parameters.Layout.MaximumRank;
        _reduced = new AlignedBuffer<T>(reduced);
        _dReduced = new AlignedBuffer<T>(reduced);
    }

    /// <summary>Gets or sets the adapters that lie beneath the trained one; null for none.</summary>
    public FrozenAdapters<T>? Beneath { get; set; }

    /// <inheritdoc/>
    public void Run(WeightTensor<T> weight, MatrixView<T> dOutput, MatrixView<T> input, MatrixView<T> dInput, bool accumulate)
    {
        if (!_parameters.Layout.ByName.TryGetValue(weight.Name, out AdapterSlot? slot))
        {
            Frozen(weight, dOutput, dInput, accumulate);
            return;
        }

        if (_magnitudes is not null)
        {
            _magnitudes.Run(slot, weight, dOutput, input, dInput, accumulate);
            return;
        }

        // Everything that reads the input comes first: its gradient may take its place.
        MatrixView<T> reduced = AdapterForward<T>.Reduced(_kernels, _parameters, slot, input, _reduced);
        MatrixView<T> dReduced = new(_dReduced.Data, input.Rows, slot.Rank);
        _kernels.TransposedMultiply(dOutput, reduced, _gradients.B(slot), accumulate: true);
        _kernels.Multiply(dOutput, _parameters.B(slot), dReduced, accumulate: false);
        AdapterForward<T>.Scale(dReduced, T.CreateTruncating(slot.Scale));
        _kernels.TransposedMultiply(dReduced, input, _gradients.A(slot), accumulate: true);
        Frozen(weight, dOutput, dInput, accumulate);
        _kernels.Multiply(dReduced, _parameters.A(slot), dInput, accumulate: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reduced.Dispose();
        _dReduced.Dispose();
    }

    private void Frozen(WeightTensor<T> weight, MatrixView<T> dOutput, MatrixView<T> dInput, bool accumulate)
    {
        Base(weight, dOutput, dInput, accumulate);
        Beneath?.Backward(_kernels, weight, dOutput, dInput);
    }

    /// <summary>dX (+)= dY · W.</summary>
    private void Base(WeightTensor<T> weight, MatrixView<T> dOutput, MatrixView<T> dInput, bool accumulate)
    {
        if (weight.IsDense)
        {
            _kernels.Multiply(dOutput, weight.View, dInput, accumulate);
            return;
        }

        if (weight.Quantized is { } stored)
        {
            if (_kernels.TryMultiplyByStored(dOutput, stored, dInput, accumulate))
            {
                return;
            }
        }
        else if (_kernels.TryMultiplyByPacked(dOutput, weight.Packed!, dInput, accumulate))
        {
            return;
        }

        int step = _tiles.RowsPerTile(weight);
        for (int first = 0; first < weight.Rows; first += step)
        {
            int count = Math.Min(step, weight.Rows - first);
            _kernels.Multiply(dOutput.ColumnRange(first, count), _tiles.Read(weight, first, count), dInput, accumulate || first > 0);
        }
    }
}
