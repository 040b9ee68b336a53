using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>One to three rounded rows times some consecutive panels of one matrix. Weights are read once, in the order in which they lie in memory.</summary>
/// <typeparam name="TDot">Product of a block.</typeparam>
/// <typeparam name="TCodes">Integer lanes.</typeparam>
/// <typeparam name="TFloats">Float lanes of the same width.</typeparam>
internal static unsafe class GemvKernel<TDot, TCodes, TFloats>
    where TDot : unmanaged, IPanelDot
    where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
    where TFloats : unmanaged, ILanes<TFloats>
{
    /// <summary>Computes the outputs of the panels.</summary>
    /// <param name="x">Rounded rows.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Number of rows, 1 to 3.</param>
    /// <param name="product">Weight, bias and result; the result has one row per row of <paramref name="x"/>.</param>
    /// <param name="firstPanel">First panel.</param>
    /// <param name="panels">Number of panels.</param>
    public static void Run(QuantizedRows x, int row, int rows, in QuantizedProduct product, int firstPanel, int panels)
    {
        PanelPlaces places = new(product.Weight);

        // A block of a row is needed this many blocks after the memory has been asked for.
        int distance = (int)(CacheLines.Distance / (product.Weight.PanelBytes / product.Weight.BlocksPerRow)) + 1;
        for (int panel = firstPanel; panel < firstPanel + panels; panel++)
        {
            switch (rows)
            {
                case 1:
                    One(places, x, row, product, panel, distance);
                    break;
                case 2:
                    Two(places, x, row, product, panel, distance);
                    break;
                default:
                    Three(places, x, row, product, panel, distance);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void One(in PanelPlaces places, QuantizedRows x, int row, in QuantizedProduct product, int panel, int distance)
    {
        int blocks = x.BlocksPerRow;
        PanelBlock block = new(places, panel, 0);
        int aheadPanel = panel + (distance / blocks);
        int aheadNumber = distance % blocks;
        PanelBlock ahead = new(places, aheadPanel, aheadNumber);
        RowBlock a = new(x, row);
        TFloats sumA = TFloats.Broadcast(0);
        for (int number = 0; number < blocks; number++)
        {
            sumA = TDot.Accumulate<TCodes, TFloats>(block, ahead, a, sumA);
            ahead.Advance(places);
            if (++aheadNumber == blocks)
            {
                aheadNumber = 0;
                ahead = new PanelBlock(places, ++aheadPanel, 0);
            }

            block.Advance(places);
            a.Advance(TDot.BlockElements);
        }

        PanelOutput.Store(sumA, product, row, panel);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Two(in PanelPlaces places, QuantizedRows x, int row, in QuantizedProduct product, int panel, int distance)
    {
        int blocks = x.BlocksPerRow;
        PanelBlock block = new(places, panel, 0);
        int aheadPanel = panel + (distance / blocks);
        int aheadNumber = distance % blocks;
        PanelBlock ahead = new(places, aheadPanel, aheadNumber);
        RowBlock a = new(x, row);
        RowBlock b = new(x, row + 1);
        TFloats sumA = TFloats.Broadcast(0);
        TFloats sumB = TFloats.Broadcast(0);
        for (int number = 0; number < blocks; number++)
        {
            sumA = TDot.Accumulate<TCodes, TFloats>(block, ahead, a, sumA);
            sumB = TDot.Accumulate<TCodes, TFloats>(block, block, b, sumB);
            ahead.Advance(places);
            if (++aheadNumber == blocks)
            {
                aheadNumber = 0;
                ahead = new PanelBlock(places, ++aheadPanel, 0);
            }

            block.Advance(places);
            a.Advance(TDot.BlockElements);
            b.Advance(TDot.BlockElements);
        }

        PanelOutput.Store(sumA, product, row, panel);
        PanelOutput.Store(sumB, product, row + 1, panel);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Three(in PanelPlaces places, QuantizedRows x, int row, in QuantizedProduct product, int panel, int distance)
    {
        int blocks = x.BlocksPerRow;
        PanelBlock block = new(places, panel, 0);
        int aheadPanel = panel + (distance / blocks);
        int aheadNumber = distance % blocks;
        PanelBlock ahead = new(places, aheadPanel, aheadNumber);
        RowBlock a = new(x, row);
        RowBlock b = new(x, row + 1);
        RowBlock c = new(x, row + 2);
        TFloats sumA = TFloats.Broadcast(0);
        TFloats sumB = TFloats.Broadcast(0);
        TFloats sumC = TFloats.Broadcast(0);
        for (int number = 0; number < blocks; number++)
        {
            sumA = TDot.Accumulate<TCodes, TFloats>(block, ahead, a, sumA);
            sumB = TDot.Accumulate<TCodes, TFloats>(block, block, b, sumB);
            sumC = TDot.Accumulate<TCodes, TFloats>(block, block, c, sumC);
            ahead.Advance(places);
            if (++aheadNumber == blocks)
            {
                aheadNumber = 0;
                ahead = new PanelBlock(places, ++aheadPanel, 0);
            }

            block.Advance(places);
            a.Advance(TDot.BlockElements);
            b.Advance(TDot.BlockElements);
            c.Advance(TDot.BlockElements);
        }

        PanelOutput.Store(sumA, product, row, panel);
        PanelOutput.Store(sumB, product, row + 1, panel);
        PanelOutput.Store(sumC, product, row + 2, panel);
    }
}
