using System.Runtime.CompilerServices;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>The innermost loop: one 12×32 tile of c from a strip of a and a panel of b, all accumulators in registers.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class TileKernel<TMath, TVector>
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>c (+)= strip · panel for one full tile.</summary>
    /// <param name="depth">Steps of k.</param>
    /// <param name="strip">[depth, 12].</param>
    /// <param name="panel">[depth, 32].</param>
    /// <param name="c">[12, 32]; read when accumulating, always written.</param>
    /// <param name="stride">Elements between rows of c.</param>
    /// <param name="accumulate">Whether the chains start from c instead of 0.</param>
    public static void Multiply(int depth, float* strip, float* panel, float* c, long stride, bool accumulate)
    {
        if (TMath.HasTallTile)
        {
            Tall(depth, strip, panel, c, stride, accumulate);
            return;
        }

        for (int column = 0; column < PanelLayout.Width; column += 2 * TMath.Lanes)
        {
            Low(depth, strip, panel + column, c + column, stride, accumulate);
            Low(depth, strip + 6, panel + column, c + (6 * stride) + column, stride, accumulate);
        }
    }

    // 12 rows, two registers wide: 24 accumulators.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tall(int depth, float* a, float* b, float* c, long stride, bool accumulate)
    {
        int lanes = TMath.Lanes;
        TVector c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51, c60, c61, c70, c71, c80, c81, c90, c91, c100, c101, c110, c111;
        if (accumulate)
        {
            float* row = c;
            c00 = TMath.Load(row);
            c01 = TMath.Load(row + lanes);
            row += stride;
            c10 = TMath.Load(row);
            c11 = TMath.Load(row + lanes);
            row += stride;
            c20 = TMath.Load(row);
            c21 = TMath.Load(row + lanes);
            row += stride;
            c30 = TMath.Load(row);
            c31 = TMath.Load(row + lanes);
            row += stride;
            c40 = TMath.Load(row);
            c41 = TMath.Load(row + lanes);
            row += stride;
            c50 = TMath.Load(row);
            c51 = TMath.Load(row + lanes);
            row += stride;
            c60 = TMath.Load(row);
            c61 = TMath.Load(row + lanes);
            row += stride;
            c70 = TMath.Load(row);
            c71 = TMath.Load(row + lanes);
            row += stride;
            c80 = TMath.Load(row);
            c81 = TMath.Load(row + lanes);
            row += stride;
            c90 = TMath.Load(row);
            c91 = TMath.Load(row + lanes);
            row += stride;
            c100 = TMath.Load(row);
            c101 = TMath.Load(row + lanes);
            row += stride;
            c110 = TMath.Load(row);
            c111 = TMath.Load(row + lanes);
        }
        else
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = c60 = c61 = c70 = c71 = c80 = c81 = c90 = c91 = c100 = c101 = c110 = c111 = TMath.Zero;
        }

        for (float* end = b + ((long)depth * PanelLayout.Width); b != end; b += PanelLayout.Width, a += PanelLayout.Height)
        {
            TVector b0 = TMath.Load(b);
            TVector b1 = TMath.Load(b + lanes);
            TVector x = TMath.Broadcast(a);
            c00 = TMath.MultiplyAdd(x, b0, c00);
            c01 = TMath.MultiplyAdd(x, b1, c01);
            x = TMath.Broadcast(a + 1);
            c10 = TMath.MultiplyAdd(x, b0, c10);
            c11 = TMath.MultiplyAdd(x, b1, c11);
            x = TMath.Broadcast(a + 2);
            c20 = TMath.MultiplyAdd(x, b0, c20);
            c21 = TMath.MultiplyAdd(x, b1, c21);
            x = TMath.Broadcast(a + 3);
            c30 = TMath.MultiplyAdd(x, b0, c30);
            c31 = TMath.MultiplyAdd(x, b1, c31);
            x = TMath.Broadcast(a + 4);
            c40 = TMath.MultiplyAdd(x, b0, c40);
            c41 = TMath.MultiplyAdd(x, b1, c41);
            x = TMath.Broadcast(a + 5);
            c50 = TMath.MultiplyAdd(x, b0, c50);
            c51 = TMath.MultiplyAdd(x, b1, c51);
            x = TMath.Broadcast(a + 6);
            c60 = TMath.MultiplyAdd(x, b0, c60);
            c61 = TMath.MultiplyAdd(x, b1, c61);
            x = TMath.Broadcast(a + 7);
            c70 = TMath.MultiplyAdd(x, b0, c70);
            c71 = TMath.MultiplyAdd(x, b1, c71);
            x = TMath.Broadcast(a + 8);
            c80 = TMath.MultiplyAdd(x, b0, c80);
            c81 = TMath.MultiplyAdd(x, b1, c81);
            x = TMath.Broadcast(a + 9);
            c90 = TMath.MultiplyAdd(x, b0, c90);
            c91 = TMath.MultiplyAdd(x, b1, c91);
            x = TMath.Broadcast(a + 10);
            c100 = TMath.MultiplyAdd(x, b0, c100);
            c101 = TMath.MultiplyAdd(x, b1, c101);
            x = TMath.Broadcast(a + 11);
            c110 = TMath.MultiplyAdd(x, b0, c110);
            c111 = TMath.MultiplyAdd(x, b1, c111);
        }

        TMath.Store(c00, c);
        TMath.Store(c01, c + lanes);
        c += stride;
        TMath.Store(c10, c);
        TMath.Store(c11, c + lanes);
        c += stride;
        TMath.Store(c20, c);
        TMath.Store(c21, c + lanes);
        c += stride;
        TMath.Store(c30, c);
        TMath.Store(c31, c + lanes);
        c += stride;
        TMath.Store(c40, c);
        TMath.Store(c41, c + lanes);
        c += stride;
        TMath.Store(c50, c);
        TMath.Store(c51, c + lanes);
        c += stride;
        TMath.Store(c60, c);
        TMath.Store(c61, c + lanes);
        c += stride;
        TMath.Store(c70, c);
        TMath.Store(c71, c + lanes);
        c += stride;
        TMath.Store(c80, c);
        TMath.Store(c81, c + lanes);
        c += stride;
        TMath.Store(c90, c);
        TMath.Store(c91, c + lanes);
        c += stride;
        TMath.Store(c100, c);
        TMath.Store(c101, c + lanes);
        c += stride;
        TMath.Store(c110, c);
        TMath.Store(c111, c + lanes);
    }

    // 6 rows, two registers wide: 12 accumulators, for 16 registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Low(int depth, float* a, float* b, float* c, long stride, bool accumulate)
    {
        int lanes = TMath.Lanes;
        TVector c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51;
        if (accumulate)
        {
            float* row = c;
            c00 = TMath.Load(row);
            c01 = TMath.Load(row + lanes);
            row += stride;
            c10 = TMath.Load(row);
            c11 = TMath.Load(row + lanes);
            row += stride;
            c20 = TMath.Load(row);
            c21 = TMath.Load(row + lanes);
            row += stride;
            c30 = TMath.Load(row);
            c31 = TMath.Load(row + lanes);
            row += stride;
            c40 = TMath.Load(row);
            c41 = TMath.Load(row + lanes);
            row += stride;
            c50 = TMath.Load(row);
            c51 = TMath.Load(row + lanes);
        }
        else
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = TMath.Zero;
        }

        for (float* end = b + ((long)depth * PanelLayout.Width); b != end; b += PanelLayout.Width, a += PanelLayout.Height)
        {
            TVector b0 = TMath.Load(b);
            TVector b1 = TMath.Load(b + lanes);
            TVector x = TMath.Broadcast(a);
            c00 = TMath.MultiplyAdd(x, b0, c00);
            c01 = TMath.MultiplyAdd(x, b1, c01);
            x = TMath.Broadcast(a + 1);
            c10 = TMath.MultiplyAdd(x, b0, c10);
            c11 = TMath.MultiplyAdd(x, b1, c11);
            x = TMath.Broadcast(a + 2);
            c20 = TMath.MultiplyAdd(x, b0, c20);
            c21 = TMath.MultiplyAdd(x, b1, c21);
            x = TMath.Broadcast(a + 3);
            c30 = TMath.MultiplyAdd(x, b0, c30);
            c31 = TMath.MultiplyAdd(x, b1, c31);
            x = TMath.Broadcast(a + 4);
            c40 = TMath.MultiplyAdd(x, b0, c40);
            c41 = TMath.MultiplyAdd(x, b1, c41);
            x = TMath.Broadcast(a + 5);
            c50 = TMath.MultiplyAdd(x, b0, c50);
            c51 = TMath.MultiplyAdd(x, b1, c51);
        }

        TMath.Store(c00, c);
        TMath.Store(c01, c + lanes);
        c += stride;
        TMath.Store(c10, c);
        TMath.Store(c11, c + lanes);
        c += stride;
        TMath.Store(c20, c);
        TMath.Store(c21, c + lanes);
        c += stride;
        TMath.Store(c30, c);
        TMath.Store(c31, c + lanes);
        c += stride;
        TMath.Store(c40, c);
        TMath.Store(c41, c + lanes);
        c += stride;
        TMath.Store(c50, c);
        TMath.Store(c51, c + lanes);
    }
}
