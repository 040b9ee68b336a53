using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized;

/// <summary>Products with F16 and BF16 weights: a few elements of a panel are widened once and meet all rows of the batch, each output staying one chain over ascending k.</summary>
internal static unsafe class WideProduct
{
    private const int Lanes = PanelFormat.Rows;
    private const int Depth = 128;
    private const int RowsAtOnce = 4;

    /// <summary>Computes the outputs of one panel.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="product">Weight, bias and result; shapes fit.</param>
    /// <param name="panel">Index of the panel.</param>
    [SkipLocalsInit]
    public static void Run(MatrixView<float> x, in QuantizedProduct product, int panel)
    {
        QuantizedMatrix weight = product.Weight;
        var stored = (ushort*)weight.Area(panel, 0);
        float* wide = stackalloc float[Depth * Lanes];
        float* sums = stackalloc float[RowsAtOnce * Lanes];
        int first = panel * Lanes;
        int outputs = Math.Min(Lanes, weight.Rows - first);
        for (int k = 0; k < x.Columns; k += Depth)
        {
            int count = Math.Min(Depth, x.Columns - k);
            ReadOnlySpan<ushort> numbers = new(stored + ((long)k * Lanes), count * Lanes);
            if (weight.Type == ElementType.F16)
            {
                Float16Conversion.Widen(numbers, new Span<float>(wide, count * Lanes));
            }
            else
            {
                BFloat16Conversion.Widen(numbers, new Span<float>(wide, count * Lanes));
            }

            // Unfinished chains wait in the result.
            for (int row = 0; row < x.Rows; row += RowsAtOnce)
            {
                int rows = Math.Min(RowsAtOnce, x.Rows - row);
                Restore(product, row, rows, first, outputs, k == 0, sums);
                if (rows == RowsAtOnce)
                {
                    FourRows(x, row, k, count, wide, sums);
                }
                else
                {
                    for (int i = 0; i < rows; i++)
                    {
                        OneRow(x.Row(row + i) + k, count, wide, sums + (i * Lanes));
                    }
                }

                Keep(product, row, rows, first, outputs, k + count == x.Columns, sums);
            }
        }

        GC.KeepAlive(weight);
    }

    private static void OneRow(float* x, int count, float* wide, float* sums)
    {
        Vector512<float> sum = Vector512.Load(sums);
        for (int k = 0; k < count; k++)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(x[k]), Vector512.Load(wide + (k * Lanes)), sum);
        }

        sum.Store(sums);
    }

    private static void FourRows(MatrixView<float> x, int row, int first, int count, float* wide, float* sums)
    {
        float* a = x.Row(row) + first;
        float* b = x.Row(row + 1) + first;
        float* c = x.Row(row + 2) + first;
        float* d = x.Row(row + 3) + first;
        Vector512<float> sumA = Vector512.Load(sums);
        Vector512<float> sumB = Vector512.Load(sums + Lanes);
        Vector512<float> sumC = Vector512.Load(sums + (2 * Lanes));
        Vector512<float> sumD = Vector512.Load(sums + (3 * Lanes));
        for (int k = 0; k < count; k++)
        {
            Vector512<float> w = Vector512.Load(wide + (k * Lanes));
            sumA = Vector512.FusedMultiplyAdd(Vector512.Create(a[k]), w, sumA);
            sumB = Vector512.FusedMultiplyAdd(Vector512.Create(b[k]), w, sumB);
            sumC = Vector512.FusedMultiplyAdd(Vector512.Create(c[k]), w, sumC);
            sumD = Vector512.FusedMultiplyAdd(Vector512.Create(d[k]), w, sumD);
        }

        sumA.Store(sums);
        sumB.Store(sums + Lanes);
        sumC.Store(sums + (2 * Lanes));
        sumD.Store(sums + (3 * Lanes));
    }

    private static void Restore(in QuantizedProduct product, int row, int rows, int first, int outputs, bool fresh, float* sums)
    {
        new Span<float>(sums, rows * Lanes).Clear();
        for (int i = 0; i < rows && !fresh; i++)
        {
            new ReadOnlySpan<float>(product.Result.Row(row + i) + first, outputs).CopyTo(new Span<float>(sums + (i * Lanes), outputs));
        }
    }

    private static void Keep(in QuantizedProduct product, int row, int rows, int first, int outputs, bool last, float* sums)
    {
        for (int i = 0; i < rows; i++)
        {
            float* target = product.Result.Row(row + i) + first;
            for (int j = 0; j < outputs; j++)
            {
                target[j] = last && product.Bias != null ? sums[(i * Lanes) + j] + product.Bias[first + j] : sums[(i * Lanes) + j];
            }
        }
    }
}
