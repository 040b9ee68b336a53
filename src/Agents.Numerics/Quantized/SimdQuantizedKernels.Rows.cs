using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Kernels.Normalization;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized.Activations;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Quantized.HalfPrecision;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized;

/// <content>Rounding of activations, decoding of rows and products with half-precision weights.</content>
public sealed unsafe partial class SimdQuantizedKernels : IQuantizedKernels
{
    // Below this much work a chunk costs more to hand over than to do.
    private const int ElementsPerChunk = 16384;

    /// <inheritdoc/>
    /// <remarks>
    /// A block with a value that is not finite gets codes 0 and d = NaN, so that every output that reads it becomes NaN. A block whose largest magnitude is
    /// below 127 / <see cref="float.MaxValue"/> counts as zero. In blocks of 32, d above the largest half becomes infinite.
    /// </remarks>
    public void Quantize(MatrixView<float> x, ActivationFormat format, QuantizedRows target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reset(format, x.Rows, x.Columns);
        RunRows(new RoundingKernel { X = x, Target = target }, x.Rows, x.Columns);
    }

    /// <inheritdoc/>
    public void RmsNormQuantize(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms, ActivationFormat format, QuantizedRows target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reset(format, x.Rows, x.Columns);
        NormRoundingKernel kernel = new()
        {
            Norm = new RmsNormKernel { X = x, Weight = weight, Epsilon = epsilon, Y = y, InverseRms = inverseRms },
            Rounding = new RoundingKernel { X = y, Target = target },
        };
        RunRows(kernel, x.Rows, x.Columns);
    }

    /// <inheritdoc/>
    public void Multiply(MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products)
    {
        ProductShapes.Require(x, products);
        if (x.Rows > 0 && !products.IsEmpty)
        {
            HalfProduct.Run(new LaneRunner(_pool, _lane), Path, x, products);
        }
    }

    /// <inheritdoc/>
    public void Dequantize(QuantizedMatrix weight, ReadOnlySpan<int> rows, MatrixView<float> target)
    {
        ProductShapes.Require(weight, rows, target);
        if (rows.IsEmpty)
        {
            return;
        }

        fixed (int* indices = rows)
        {
            DecodeBody body = new() { Weight = weight, Rows = indices, Count = rows.Length, Target = target, RowsPerChunk = RowsPerChunk(target.Columns) };
            _pool.Run(_lane, ref body, (rows.Length + body.RowsPerChunk - 1) / body.RowsPerChunk);
        }
    }

    private static int RowsPerChunk(int columns) => Math.Max(1, ElementsPerChunk / columns);

    private void RunRows<TKernel>(TKernel kernel, int rows, int columns)
        where TKernel : struct, ILaneKernel
    {
        switch (Path)
        {
            case QuantizedKernelPath.Assembled:
            case QuantizedKernelPath.Avx512:
                RunLanes<TKernel, Lanes512, DoubleLanes512>(kernel, rows, columns);
                break;
            case QuantizedKernelPath.Avx2:
                RunLanes<TKernel, Lanes256, DoubleLanes256>(kernel, rows, columns);
                break;
            default:
                RunLanes<TKernel, Lanes128, DoubleLanes128>(kernel, rows, columns);
                break;
        }
    }

    private void RunLanes<TKernel, TLanes, TDoubles>(TKernel kernel, int rows, int columns)
        where TKernel : struct, ILaneKernel
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        if (rows == 0 || columns == 0)
        {
            return;
        }

        LaneBody<TKernel, TLanes, TDoubles> body = new() { Kernel = kernel, Items = rows, ItemsPerChunk = RowsPerChunk(columns) };
        _pool.Run(_lane, ref body, (rows + body.ItemsPerChunk - 1) / body.ItemsPerChunk);
    }
}
