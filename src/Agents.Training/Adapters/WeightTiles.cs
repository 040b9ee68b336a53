using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>Rows of frozen weights in the element type of the computation, a bounded tile at a time: no copy of the model is ever made.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class WeightTiles<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Tiles are whole panels of stored rows.</summary>
    private const int Panel = 16;

    /// <summary>Most rows of a tile, which bounds what is kept per output.</summary>
    public const int MaximumRows = 1024;

    private readonly IKernels<T> _kernels;
    private readonly int _elements;
    private readonly int[] _indices = new int[MaximumRows];
    private readonly AlignedBuffer<T> _tile;

    /// <summary>Allocates one tile.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="elements">Elements aimed at.</param>
    /// <param name="widest">Columns of the widest weight.</param>
    public WeightTiles(IKernels<T> kernels, int elements, int widest)
    {
        _kernels = kernels;
        _elements = elements;
        _tile = new AlignedBuffer<T>(Capacity(elements, widest));
    }

    /// <summary>Elements that any tile may have.</summary>
    /// <param name="elements">Elements aimed at.</param>
    /// <param name="widest">Columns of the widest weight.</param>
    public static long Capacity(int elements, int widest) => Math.Max(elements, (long)Panel * widest);

    /// <summary>Returns the rows per tile of a weight.</summary>
    /// <param name="weight">A matrix.</param>
    public int RowsPerTile(WeightTensor<T> weight) => Math.Clamp(_elements / weight.Columns / Panel * Panel, Panel, MaximumRows);

    /// <summary>Returns some rows. Where the weight lies in memory as it is computed with, this is the weight itself.</summary>
    /// <param name="weight">A matrix in any storage.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows, at most <see cref="RowsPerTile"/>.</param>
    /// <returns>[count, columns], not to be changed; valid until the next call.</returns>
    public MatrixView<T> Read(WeightTensor<T> weight, int first, int count) =>
        weight.IsDense ? weight.View.RowRange(first, count) : Copy(weight, first, count);

    /// <summary>Returns a copy of some rows, which may be changed.</summary>
    /// <param name="weight">A matrix in any storage.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows, at most <see cref="RowsPerTile"/>.</param>
    /// <returns>[count, columns]; valid until the next call.</returns>
    public MatrixView<T> Copy(WeightTensor<T> weight, int first, int count)
    {
        MatrixView<T> tile = new(_tile.Data, count, weight.Columns);
        if (weight.IsDense)
        {
            long bytes = (long)count * weight.Columns * sizeof(T);
            Buffer.MemoryCopy(weight.View.Row(first), tile.Data, bytes, bytes);
        }
        else if (weight.Quantized is { } quantized)
        {
            Span<int> rows = _indices.AsSpan(0, count);
            for (int i = 0; i < count; i++)
            {
                rows[i] = first + i;
            }

            // Stored matrices exist in models of single precision only, so T is float here.
            _kernels.Quantized!.Dequantize(quantized, rows, new MatrixView<float>((float*)tile.Data, count, weight.Columns));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                weight.Packed!.CopyRow(first + i, new Span<T>(tile.Row(i), weight.Columns));
            }
        }

        return tile;
    }

    /// <inheritdoc/>
    public void Dispose() => _tile.Dispose();
}
