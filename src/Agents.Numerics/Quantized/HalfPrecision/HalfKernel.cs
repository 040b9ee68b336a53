using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized.Gemv;

namespace Agents.Numerics.Quantized.HalfPrecision;

/// <summary>
/// Rows in single precision times panels of 16-bit weights. Every output is one chain of fused operations, so four panels (one row) or two panels and four rows
/// are worked on at once: eight chains hide the latency of one.
/// </summary>
/// <typeparam name="TWeights">How weights widen.</typeparam>
/// <typeparam name="TCodes">Integer lanes.</typeparam>
/// <typeparam name="TFloats">Float lanes of the same width.</typeparam>
internal static unsafe class HalfKernel<TWeights, TCodes, TFloats>
    where TWeights : unmanaged, IHalfWeights
    where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
    where TFloats : unmanaged, ILanes<TFloats>
{
    private const int ElementBytes = 2 * PanelFormat.Rows;

    /// <summary>Computes the outputs of the panels.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="product">Weight, bias and result.</param>
    /// <param name="firstPanel">First panel.</param>
    /// <param name="panels">Number of panels.</param>
    public static void Run(MatrixView<float> x, in QuantizedProduct product, int firstPanel, int panels)
    {
        int end = firstPanel + panels;
        if (x.Rows == 1)
        {
            int panel = firstPanel;
            for (; panel + 4 <= end; panel += 4)
            {
                Four(x.Data, x.Columns, product, panel);
            }

            for (; panel < end; panel++)
            {
                One(x.Data, x.Columns, product, panel);
            }

            return;
        }

        long widened = (long)x.Columns * PanelFormat.Rows;
        float* tile = ThreadWorkspace.Current.Tiles(2 * widened);
        for (int panel = firstPanel; panel < end; panel += 2)
        {
            bool pair = panel + 1 < end;
            Widen(product.Weight.Area(panel, 0), x.Columns, tile);
            Widen(product.Weight.Area(pair ? panel + 1 : panel, 0), x.Columns, tile + widened);
            int row = 0;
            for (; row + 4 <= x.Rows; row += 4)
            {
                FourRows(x, row, tile, tile + widened, product, panel, pair);
            }

            for (; row < x.Rows; row++)
            {
                OneRow(x, row, tile, tile + widened, product, panel, pair);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void One(float* x, int columns, in QuantizedProduct product, int panel)
    {
        byte* a = product.Weight.Area(panel, 0);
        TFloats sum = TFloats.Broadcast(0);
        for (int k = 0; k < columns; k++)
        {
            sum = TFloats.MultiplyAdd(TFloats.Broadcast(x[k]), TWeights.Load<TCodes, TFloats>(a), sum);
            a += ElementBytes;
        }

        PanelOutput.Store(sum, product, 0, panel);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* x, int columns, in QuantizedProduct product, int panel)
    {
        byte* a = product.Weight.Area(panel, 0);
        byte* b = product.Weight.Area(panel + 1, 0);
        byte* c = product.Weight.Area(panel + 2, 0);
        byte* d = product.Weight.Area(panel + 3, 0);

        // A panel's own bytes while there are some, then those of the panel four further on.
        const long Ahead = CacheLines.Distance / 4;
        long jump = (4 * product.Weight.PanelBytes) - ((long)columns * ElementBytes);
        long left = ((long)columns * ElementBytes) - Ahead;
        TFloats sumA = TFloats.Broadcast(0);
        TFloats sumB = TFloats.Broadcast(0);
        TFloats sumC = TFloats.Broadcast(0);
        TFloats sumD = TFloats.Broadcast(0);
        for (int k = 0; k < columns; k++)
        {
            TFloats value = TFloats.Broadcast(x[k]);
            if ((k & 1) == 0)
            {
                long at = left > 0 ? Ahead : Ahead + jump;
                CacheLines.One(a + at);
                CacheLines.One(b + at);
                CacheLines.One(c + at);
                CacheLines.One(d + at);
            }

            sumA = TFloats.MultiplyAdd(value, TWeights.Load<TCodes, TFloats>(a), sumA);
            sumB = TFloats.MultiplyAdd(value, TWeights.Load<TCodes, TFloats>(b), sumB);
            sumC = TFloats.MultiplyAdd(value, TWeights.Load<TCodes, TFloats>(c), sumC);
            sumD = TFloats.MultiplyAdd(value, TWeights.Load<TCodes, TFloats>(d), sumD);
            a += ElementBytes;
            b += ElementBytes;
            c += ElementBytes;
            d += ElementBytes;
            left -= ElementBytes;
        }

        PanelOutput.Store(sumA, product, 0, panel);
        PanelOutput.Store(sumB, product, 0, panel + 1);
        PanelOutput.Store(sumC, product, 0, panel + 2);
        PanelOutput.Store(sumD, product, 0, panel + 3);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* panel, int columns, float* target)
    {
        for (int k = 0; k < columns; k++)
        {
            TFloats.Store(TWeights.Load<TCodes, TFloats>(panel), target);
            panel += ElementBytes;
            target += PanelFormat.Rows;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(MatrixView<float> x, int row, float* a, float* b, in QuantizedProduct product, int panel, bool pair)
    {
        float* x0 = x.Row(row);
        float* x1 = x.Row(row + 1);
        float* x2 = x.Row(row + 2);
        float* x3 = x.Row(row + 3);
        TFloats a0 = TFloats.Broadcast(0);
        TFloats a1 = TFloats.Broadcast(0);
        TFloats a2 = TFloats.Broadcast(0);
        TFloats a3 = TFloats.Broadcast(0);
        TFloats b0 = TFloats.Broadcast(0);
        TFloats b1 = TFloats.Broadcast(0);
        TFloats b2 = TFloats.Broadcast(0);
        TFloats b3 = TFloats.Broadcast(0);
        for (int k = 0; k < x.Columns; k++)
        {
            TFloats wa = TFloats.Load(a);
            TFloats wb = TFloats.Load(b);
            TFloats value = TFloats.Broadcast(x0[k]);
            a0 = TFloats.MultiplyAdd(value, wa, a0);
            b0 = TFloats.MultiplyAdd(value, wb, b0);
            value = TFloats.Broadcast(x1[k]);
            a1 = TFloats.MultiplyAdd(value, wa, a1);
            b1 = TFloats.MultiplyAdd(value, wb, b1);
            value = TFloats.Broadcast(x2[k]);
            a2 = TFloats.MultiplyAdd(value, wa, a2);
            b2 = TFloats.MultiplyAdd(value, wb, b2);
            value = TFloats.Broadcast(x3[k]);
            a3 = TFloats.MultiplyAdd(value, wa, a3);
            b3 = TFloats.MultiplyAdd(value, wb, b3);
            a += PanelFormat.Rows;
            b += PanelFormat.Rows;
        }

        PanelOutput.Store(a0, product, row, panel);
        PanelOutput.Store(a1, product, row + 1, panel);
        PanelOutput.Store(a2, product, row + 2, panel);
        PanelOutput.Store(a3, product, row + 3, panel);
        if (pair)
        {
            PanelOutput.Store(b0, product, row, panel + 1);
            PanelOutput.Store(b1, product, row + 1, panel + 1);
            PanelOutput.Store(b2, product, row + 2, panel + 1);
            PanelOutput.Store(b3, product, row + 3, panel + 1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(MatrixView<float> x, int row, float* a, float* b, in QuantizedProduct product, int panel, bool pair)
    {
        float* values = x.Row(row);
        TFloats sumA = TFloats.Broadcast(0);
        TFloats sumB = TFloats.Broadcast(0);
        for (int k = 0; k < x.Columns; k++)
        {
            TFloats value = TFloats.Broadcast(values[k]);
            sumA = TFloats.MultiplyAdd(value, TFloats.Load(a), sumA);
            sumB = TFloats.MultiplyAdd(value, TFloats.Load(b), sumB);
            a += PanelFormat.Rows;
            b += PanelFormat.Rows;
        }

        PanelOutput.Store(sumA, product, row, panel);
        if (pair)
        {
            PanelOutput.Store(sumB, product, row, panel + 1);
        }
    }
}
