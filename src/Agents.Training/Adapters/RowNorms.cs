using System.Numerics;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>‖W + s·B·A‖ of every row of every weight of a DoRA adapter, computed again after each update and constant in between.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class RowNorms<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecoderWeights<T> _weights;
    private readonly AdapterParameters<T> _parameters;
    private readonly WeightTiles<T> _tiles;
    private readonly IKernels<T> _kernels;
    private readonly AlignedBuffer<T> _scaledA;
    private readonly AlignedBuffer<T> _norms;
    private readonly long _first;

    /// <summary>Allocates the norms.</summary>
    /// <param name="weights">Base.</param>
    /// <param name="parameters">Values of the adapter.</param>
    /// <param name="tiles">Reads the base.</param>
    /// <param name="kernels">Kernels to use.</param>
    public RowNorms(DecoderWeights<T> weights, AdapterParameters<T> parameters, WeightTiles<T> tiles, IKernels<T> kernels)
    {
        _weights = weights;
        _parameters = parameters;
        _tiles = tiles;
        _kernels = kernels;
        _scaledA = new AlignedBuffer<T>(parameters.Layout.Slots.Max(slot => (long)slot.Rank * slot.Inputs));
        _first = parameters.Layout.Slots[0].OffsetMagnitude;
        _norms = new AlignedBuffer<T>(parameters.Length - _first);
    }

    /// <summary>Returns the norms of a weight, [outputs].</summary>
    /// <param name="slot">The weight.</param>
    public T* Of(AdapterSlot slot) => _norms.Data + (slot.OffsetMagnitude - _first);

    /// <summary>Computes all norms from the present values.</summary>
    public void Refresh()
    {
        foreach (AdapterSlot slot in _parameters.Layout.Slots)
        {
            WeightTensor<T> weight = _weights.Tensors[slot.Index];
            MatrixView<T> scaledA = ScaledA(slot);
            MatrixView<T> b = _parameters.B(slot);
            T* norms = Of(slot);
            int step = _tiles.RowsPerTile(weight);
            for (int first = 0; first < slot.Outputs; first += step)
            {
                MatrixView<T> tile = Tile(weight, scaledA, b, first, Math.Min(step, slot.Outputs - first));
                for (int row = 0; row < tile.Rows; row++)
                {
                    norms[first + row] = T.CreateTruncating(Math.Sqrt(_kernels.SumOfSquares(tile.Row(row), tile.Columns)));
                }
            }
        }
    }

    /// <summary>Returns s·A of a weight; valid until the next call.</summary>
    /// <param name="slot">The weight.</param>
    public MatrixView<T> ScaledA(AdapterSlot slot)
    {
        MatrixView<T> a = _parameters.A(slot);
        MatrixView<T> scaled = new(_scaledA.Data, slot.Rank, slot.Inputs);
        var scale = T.CreateTruncating(slot.Scale);
        for (long i = 0; i < (long)slot.Rank * slot.Inputs; i++)
        {
            scaled.Data[i] = scale * a.Data[i];
        }

        return scaled;
    }

    /// <summary>Returns some rows of V = W + B·(s·A); valid until the tiles are used again.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="scaledA">Result of <see cref="ScaledA"/>.</param>
    /// <param name="b">B of the weight.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    public MatrixView<T> Tile(WeightTensor<T> weight, MatrixView<T> scaledA, MatrixView<T> b, int first, int count)
    {
        MatrixView<T> tile = _tiles.Copy(weight, first, count);
        _kernels.Multiply(b.RowRange(first, count), scaledA, tile, accumulate: true);
        return tile;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scaledA.Dispose();
        _norms.Dispose();
    }
}
