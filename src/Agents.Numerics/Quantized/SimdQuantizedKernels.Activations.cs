using Agents.Numerics.Formats;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized.Activations;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized;

/// <content>Everything around the products of codes: rounding rows, wide weights, and single rows of a packed matrix.</content>
public sealed unsafe partial class SimdQuantizedKernels
{
    // Elements per chunk of rounding: some ten microseconds.
    private const int RoundedPerChunk = 8192;

    // Longest stored row that is copied to the stack.
    private const int LargestStackRow = 32 << 10;

    private readonly Kernels.SimdKernels _norm;

    /// <inheritdoc/>
    public void Quantize(MatrixView<float> x, ActivationFormat format, QuantizedRows target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reset(format, x.Rows, x.Columns);
        RoundBody body = new() { X = x, Target = target, RowsPerChunk = Math.Max(1, RoundedPerChunk / Math.Max(1, x.Columns)) };
        _pool.Run(_lane, ref body, (int)(((long)x.Rows + body.RowsPerChunk - 1) / body.RowsPerChunk));
    }

    /// <inheritdoc/>
    public void RmsNormQuantize(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms, ActivationFormat format, QuantizedRows target)
    {
        _norm.RmsNorm(x, weight, epsilon, y, inverseRms);
        Quantize(y, format, target);
    }

    /// <inheritdoc/>
    public void Multiply(MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products)
    {
        ProductShapes.Require(x, products);
        if (x.Rows == 0)
        {
            return;
        }

        foreach (ref readonly QuantizedProduct product in products)
        {
            WideBody body = new() { X = x, Product = product };
            _pool.Run(_lane, ref body, product.Weight.Panels);
        }
    }

    /// <inheritdoc/>
    public void Dequantize(QuantizedMatrix weight, ReadOnlySpan<int> rows, MatrixView<float> target)
    {
        ProductShapes.Require(weight, rows, target);
        BlockFormat codec = BlockFormats.Get(weight.Type);
        Span<byte> stored = weight.RowBytes <= LargestStackRow ? stackalloc byte[weight.RowBytes] : new byte[weight.RowBytes];
        for (int i = 0; i < rows.Length; i++)
        {
            weight.CopyRow(rows[i], stored);
            codec.Dequantize(stored, new Span<float>(target.Row(i), target.Columns));
        }
    }

    private struct RoundBody : IComputeBody
    {
        public MatrixView<float> X;
        public QuantizedRows Target;
        public int RowsPerChunk;

        public readonly void Execute(int chunk, int worker)
        {
            int end = (int)Math.Min(X.Rows, (chunk + 1L) * RowsPerChunk);
            for (int row = chunk * RowsPerChunk; row < end; row++)
            {
                RowRounding.Round(X.Row(row), row, Target);
            }
        }
    }

    private struct WideBody : IComputeBody
    {
        public MatrixView<float> X;
        public QuantizedProduct Product;

        public readonly void Execute(int chunk, int worker) => WideProduct.Run(X, Product, chunk);
    }
}
