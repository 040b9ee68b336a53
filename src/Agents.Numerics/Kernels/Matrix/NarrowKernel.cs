using System.Runtime.CompilerServices;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>The innermost loop of products with at most 16 columns, as the factors of an adapter have: rows of a are read where they lie, a register holds a row of c.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class NarrowKernel<TMath, TVector>
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>Most columns of c.</summary>
    public const int Width = 16;

    /// <summary>Rows of c at a time: as many accumulators as hide the latency of a multiply-add and still fit 16 registers.</summary>
    public const int Height = 12;

    /// <summary>c (+)= a · b for some rows.</summary>
    /// <param name="product">Operands; at least 12 rows.</param>
    /// <param name="first">First row.</param>
    /// <param name="end">Row after the last.</param>
    public static void Multiply(in NarrowProduct product, int first, int end)
    {
        float* tile = stackalloc float[Height * Width];
        new Span<float>(tile, Height * Width).Clear();
        for (int row = first; row < end; row += Height)
        {
            // The last tile reaches back over rows that are done, whose values are dropped.
            int height = Math.Min(Height, end - row);
            float* own = tile + ((Height - height) * Width);
            if (product.Accumulate)
            {
                Load(product, row, height, own);
            }

            float* from = product.A + ((row + height - Height) * product.RowStep);
            for (int column = 0; column < product.Columns; column += TMath.Lanes)
            {
                Twelve(product.Depth, from, product.RowStep, product.DepthStep, product.B + column, tile + column, product.Accumulate);
            }

            Store(product, row, height, own);
        }
    }

    private static void Load(in NarrowProduct product, int first, int rows, float* tile)
    {
        for (int row = 0; row < rows; row++, tile += Width)
        {
            float* c = product.C + ((first + row) * product.ResultRowStep);
            for (int column = 0; column < product.Columns; column++)
            {
                tile[column] = c[column * product.ResultColumnStep];
            }
        }
    }

    private static void Store(in NarrowProduct product, int first, int rows, float* tile)
    {
        for (int row = 0; row < rows; row++, tile += Width)
        {
            float* c = product.C + ((first + row) * product.ResultRowStep);
            for (int column = 0; column < product.Columns; column++)
            {
                c[column * product.ResultColumnStep] = tile[column];
            }
        }
    }

    // Six pointers to pairs of rows: twelve would not fit the registers for addresses.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve(int depth, float* a, long rowStep, long depthStep, float* b, float* c, bool accumulate)
    {
        TVector c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11;
        if (accumulate)
        {
            c0 = TMath.Load(c);
            c1 = TMath.Load(c + Width);
            c2 = TMath.Load(c + (2 * Width));
            c3 = TMath.Load(c + (3 * Width));
            c4 = TMath.Load(c + (4 * Width));
            c5 = TMath.Load(c + (5 * Width));
            c6 = TMath.Load(c + (6 * Width));
            c7 = TMath.Load(c + (7 * Width));
            c8 = TMath.Load(c + (8 * Width));
            c9 = TMath.Load(c + (9 * Width));
            c10 = TMath.Load(c + (10 * Width));
            c11 = TMath.Load(c + (11 * Width));
        }
        else
        {
            c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = TMath.Zero;
        }

        float* a2 = a + (2 * rowStep);
        float* a4 = a2 + (2 * rowStep);
        float* a6 = a4 + (2 * rowStep);
        float* a8 = a6 + (2 * rowStep);
        float* a10 = a8 + (2 * rowStep);
        for (float* end = b + ((long)depth * Width); b != end; b += Width)
        {
            TVector x = TMath.Load(b);
            c0 = TMath.MultiplyAdd(TMath.Broadcast(a), x, c0);
            c1 = TMath.MultiplyAdd(TMath.Broadcast(a + rowStep), x, c1);
            c2 = TMath.MultiplyAdd(TMath.Broadcast(a2), x, c2);
            c3 = TMath.MultiplyAdd(TMath.Broadcast(a2 + rowStep), x, c3);
            c4 = TMath.MultiplyAdd(TMath.Broadcast(a4), x, c4);
            c5 = TMath.MultiplyAdd(TMath.Broadcast(a4 + rowStep), x, c5);
            c6 = TMath.MultiplyAdd(TMath.Broadcast(a6), x, c6);
            c7 = TMath.MultiplyAdd(TMath.Broadcast(a6 + rowStep), x, c7);
            c8 = TMath.MultiplyAdd(TMath.Broadcast(a8), x, c8);
            c9 = TMath.MultiplyAdd(TMath.Broadcast(a8 + rowStep), x, c9);
            c10 = TMath.MultiplyAdd(TMath.Broadcast(a10), x, c10);
            c11 = TMath.MultiplyAdd(TMath.Broadcast(a10 + rowStep), x, c11);
            a += depthStep;
            a2 += depthStep;
            a4 += depthStep;
            a6 += depthStep;
            a8 += depthStep;
            a10 += depthStep;
        }

        TMath.Store(c0, c);
        TMath.Store(c1, c + Width);
        TMath.Store(c2, c + (2 * Width));
        TMath.Store(c3, c + (3 * Width));
        TMath.Store(c4, c + (4 * Width));
        TMath.Store(c5, c + (5 * Width));
        TMath.Store(c6, c + (6 * Width));
        TMath.Store(c7, c + (7 * Width));
        TMath.Store(c8, c + (8 * Width));
        TMath.Store(c9, c + (9 * Width));
        TMath.Store(c10, c + (10 * Width));
        TMath.Store(c11, c + (11 * Width));
    }
}
