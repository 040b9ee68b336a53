using System.Diagnostics;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Benchmarks.Training;

/// <summary>Passes calls on products with stored weights on and reports their times to <see cref="TimedKernels"/>.</summary>
internal sealed unsafe class TimedQuantizedKernels(IQuantizedKernels inner, TimedKernels times) : IQuantizedKernels
{
    public void Quantize(MatrixView<float> x, ActivationFormat format, QuantizedRows target)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Quantize(x, format, target);
        times.Add("rounding", start, 0);
    }

    public void RmsNormQuantize(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms, ActivationFormat format, QuantizedRows target)
    {
        long start = Stopwatch.GetTimestamp();
        inner.RmsNormQuantize(x, weight, epsilon, y, inverseRms, format, target);
        times.Add("rounding", start, 0);
    }

    public void Multiply(QuantizedRows x, ReadOnlySpan<QuantizedProduct> products)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Multiply(x, products);
        times.Add("stored y = x·Wᵀ", start, Operations(x.Rows, products));
    }

    public void Multiply(MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Multiply(x, products);
        times.Add("stored y = x·Wᵀ", start, Operations(x.Rows, products));
    }

    public void Dequantize(QuantizedMatrix weight, ReadOnlySpan<int> rows, MatrixView<float> target)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Dequantize(weight, rows, target);
        times.Add("decoding", start, 0);
    }

    private static double Operations(int rows, ReadOnlySpan<QuantizedProduct> products)
    {
        double sum = 0;
        foreach (ref readonly QuantizedProduct product in products)
        {
            sum += 2.0 * rows * product.Weight.Rows * product.Weight.Columns;
        }

        return sum;
    }
}
