using System.Runtime.CompilerServices;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Products of a few rows (decoding, ragged edges): a is read where it lies, the panels once per group of rows, eight accumulators hide the latency of the multiply-add.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class RowKernel<TMath, TVector>
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>Panels that <see cref="Multiply"/> serves best at a time; the widest register takes one row times four panels.</summary>
    public const int Group = 4;

    private const int GroupWidth = Group * PanelLayout.Width;

    /// <summary>c (+)= a · panels for a few rows and consecutive panels.</summary>
    /// <param name="a">Element (r, k) lies at a[r · rowStep + k · depthStep].</param>
    /// <param name="rowStep">Elements between rows of a.</param>
    /// <param name="depthStep">Elements between steps of k in a.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="panels">First panel; each is [≥ depth, 32].</param>
    /// <param name="panelStride">Elements between panels.</param>
    /// <param name="columns">Columns of c; the last panel may be partly used.</param>
    /// <param name="c">[rows, columns]; nothing outside is touched.</param>
    /// <param name="stride">Elements between rows of c.</param>
    /// <param name="accumulate">Whether the chains start from c instead of 0.</param>
    public static void Multiply(
        float* a, long rowStep, long depthStep, int rows, int depth, float* panels, long panelStride, int columns, float* c, long stride, bool accumulate)
    {
        float* edge = stackalloc float[4 * GroupWidth];
        for (int column = 0; column < columns; column += GroupWidth)
        {
            int width = Math.Min(columns - column, GroupWidth);
            float* group = panels + (column / PanelLayout.Width * panelStride);
            for (int row = 0; row < rows;)
            {
                int height = rows - row >= 4 ? 4 : rows - row >= 2 ? 2 : 1;
                float* from = a + (row * rowStep);
                float* to = c + (row * stride) + column;
                if (width == GroupWidth)
                {
                    MultiplyGroup(height, depth, from, rowStep, depthStep, group, panelStride, width, to, stride, accumulate);
                }
                else
                {
                    // The kernels write whole registers, so the last columns take a detour.
                    if (accumulate)
                    {
                        CopyRows(to, stride, edge, GroupWidth, height, width);
                    }

                    MultiplyGroup(height, depth, from, rowStep, depthStep, group, panelStride, width, edge, GroupWidth, accumulate);
                    CopyRows(edge, GroupWidth, to, stride, height, width);
                }

                row += height;
            }
        }
    }

    private static void MultiplyGroup(
        int height, int depth, float* a, long rowStep, long depthStep, float* group, long panelStride, int width, float* c, long stride, bool accumulate)
    {
        int registers = 8 / height;
        for (int column = 0; column < width; column += registers * TMath.Lanes)
        {
            Registers b = new(group, panelStride, column, width, registers);
            switch (height)
            {
                case 4:
                    Four(depth, a, rowStep, depthStep, b, c + column, stride, accumulate);
                    break;
                case 2:
                    Two(depth, a, rowStep, depthStep, b, c + column, stride, accumulate);
                    break;
                default:
                    One(depth, a, depthStep, b, c + column, accumulate);
                    break;
            }
        }
    }

    private static void CopyRows(float* source, long sourceStride, float* target, long targetStride, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(target + (row * targetStride), source + (row * sourceStride), (uint)columns * sizeof(float));
        }
    }

    // 4 rows, two registers wide.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Four(int depth, float* a, long rowStep, long depthStep, in Registers b, float* c, long stride, bool accumulate)
    {
        int lanes = TMath.Lanes;
        float* b0 = b.B0;
        float* b1 = b.B1;
        TVector c00, c01, c10, c11, c20, c21, c30, c31;
        if (accumulate)
        {
            c00 = TMath.Load(c);
            c01 = TMath.Load(c + lanes);
            c10 = TMath.Load(c + stride);
            c11 = TMath.Load(c + stride + lanes);
            c20 = TMath.Load(c + (2 * stride));
            c21 = TMath.Load(c + (2 * stride) + lanes);
            c30 = TMath.Load(c + (3 * stride));
            c31 = TMath.Load(c + (3 * stride) + lanes);
        }
        else
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = TMath.Zero;
        }

        for (long i = 0, end = (long)depth * PanelLayout.Width; i != end; i += PanelLayout.Width, a += depthStep)
        {
            TVector y0 = TMath.Load(b0 + i);
            TVector y1 = TMath.Load(b1 + i);
            TVector x = TMath.Broadcast(a);
            c00 = TMath.MultiplyAdd(x, y0, c00);
            c01 = TMath.MultiplyAdd(x, y1, c01);
            x = TMath.Broadcast(a + rowStep);
            c10 = TMath.MultiplyAdd(x, y0, c10);
            c11 = TMath.MultiplyAdd(x, y1, c11);
            x = TMath.Broadcast(a + (2 * rowStep));
            c20 = TMath.MultiplyAdd(x, y0, c20);
            c21 = TMath.MultiplyAdd(x, y1, c21);
            x = TMath.Broadcast(a + (3 * rowStep));
            c30 = TMath.MultiplyAdd(x, y0, c30);
            c31 = TMath.MultiplyAdd(x, y1, c31);
        }

        TMath.Store(c00, c);
        TMath.Store(c01, c + lanes);
        TMath.Store(c10, c + stride);
        TMath.Store(c11, c + stride + lanes);
        TMath.Store(c20, c + (2 * stride));
        TMath.Store(c21, c + (2 * stride) + lanes);
        TMath.Store(c30, c + (3 * stride));
        TMath.Store(c31, c + (3 * stride) + lanes);
    }

    // 2 rows, four registers wide.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Two(int depth, float* a, long rowStep, long depthStep, in Registers b, float* c, long stride, bool accumulate)
    {
        int lanes = TMath.Lanes;
        float* b0 = b.B0;
        float* b1 = b.B1;
        float* b2 = b.B2;
        float* b3 = b.B3;
        TVector c00, c01, c02, c03, c10, c11, c12, c13;
        if (accumulate)
        {
            c00 = TMath.Load(c);
            c01 = TMath.Load(c + lanes);
            c02 = TMath.Load(c + (2 * lanes));
            c03 = TMath.Load(c + (3 * lanes));
            c10 = TMath.Load(c + stride);
            c11 = TMath.Load(c + stride + lanes);
            c12 = TMath.Load(c + stride + (2 * lanes));
            c13 = TMath.Load(c + stride + (3 * lanes));
        }
        else
        {
            c00 = c01 = c02 = c03 = c10 = c11 = c12 = c13 = TMath.Zero;
        }

        for (long i = 0, end = (long)depth * PanelLayout.Width; i != end; i += PanelLayout.Width, a += depthStep)
        {
            TVector y0 = TMath.Load(b0 + i);
            TVector y1 = TMath.Load(b1 + i);
            TVector y2 = TMath.Load(b2 + i);
            TVector y3 = TMath.Load(b3 + i);
            TVector x = TMath.Broadcast(a);
            c00 = TMath.MultiplyAdd(x, y0, c00);
            c01 = TMath.MultiplyAdd(x, y1, c01);
            c02 = TMath.MultiplyAdd(x, y2, c02);
            c03 = TMath.MultiplyAdd(x, y3, c03);
            x = TMath.Broadcast(a + rowStep);
            c10 = TMath.MultiplyAdd(x, y0, c10);
            c11 = TMath.MultiplyAdd(x, y1, c11);
            c12 = TMath.MultiplyAdd(x, y2, c12);
            c13 = TMath.MultiplyAdd(x, y3, c13);
        }

        TMath.Store(c00, c);
        TMath.Store(c01, c + lanes);
        TMath.Store(c02, c + (2 * lanes));
        TMath.Store(c03, c + (3 * lanes));
        TMath.Store(c10, c + stride);
        TMath.Store(c11, c + stride + lanes);
        TMath.Store(c12, c + stride + (2 * lanes));
        TMath.Store(c13, c + stride + (3 * lanes));
    }

    // 1 row, eight registers wide.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void One(int depth, float* a, long depthStep, in Registers b, float* c, bool accumulate)
    {
        int lanes = TMath.Lanes;
        float* b0 = b.B0;
        float* b1 = b.B1;
        float* b2 = b.B2;
        float* b3 = b.B3;
        float* b4 = b.B4;
        float* b5 = b.B5;
        float* b6 = b.B6;
        float* b7 = b.B7;
        TVector c00, c01, c02, c03, c04, c05, c06, c07;
        if (accumulate)
        {
            c00 = TMath.Load(c);
            c01 = TMath.Load(c + lanes);
            c02 = TMath.Load(c + (2 * lanes));
            c03 = TMath.Load(c + (3 * lanes));
            c04 = TMath.Load(c + (4 * lanes));
            c05 = TMath.Load(c + (5 * lanes));
            c06 = TMath.Load(c + (6 * lanes));
            c07 = TMath.Load(c + (7 * lanes));
        }
        else
        {
            c00 = c01 = c02 = c03 = c04 = c05 = c06 = c07 = TMath.Zero;
        }

        for (long i = 0, end = (long)depth * PanelLayout.Width; i != end; i += PanelLayout.Width, a += depthStep)
        {
            TVector x = TMath.Broadcast(a);
            c00 = TMath.MultiplyAdd(x, TMath.Load(b0 + i), c00);
            c01 = TMath.MultiplyAdd(x, TMath.Load(b1 + i), c01);
            c02 = TMath.MultiplyAdd(x, TMath.Load(b2 + i), c02);
            c03 = TMath.MultiplyAdd(x, TMath.Load(b3 + i), c03);
            c04 = TMath.MultiplyAdd(x, TMath.Load(b4 + i), c04);
            c05 = TMath.MultiplyAdd(x, TMath.Load(b5 + i), c05);
            c06 = TMath.MultiplyAdd(x, TMath.Load(b6 + i), c06);
            c07 = TMath.MultiplyAdd(x, TMath.Load(b7 + i), c07);
        }

        TMath.Store(c00, c);
        TMath.Store(c01, c + lanes);
        TMath.Store(c02, c + (2 * lanes));
        TMath.Store(c03, c + (3 * lanes));
        TMath.Store(c04, c + (4 * lanes));
        TMath.Store(c05, c + (5 * lanes));
        TMath.Store(c06, c + (6 * lanes));
        TMath.Store(c07, c + (7 * lanes));
    }

    // Where each register of b starts: register j holds columns first + j · lanes of the group.
    private readonly struct Registers
    {
        public readonly float* B0, B1, B2, B3, B4, B5, B6, B7;

        public Registers(float* group, long panelStride, int first, int width, int count)
        {
            B0 = At(group, panelStride, first, width);
            B1 = At(group, panelStride, first + TMath.Lanes, width);
            if (count > 2)
            {
                B2 = At(group, panelStride, first + (2 * TMath.Lanes), width);
                B3 = At(group, panelStride, first + (3 * TMath.Lanes), width);
            }

            if (count > 4)
            {
                B4 = At(group, panelStride, first + (4 * TMath.Lanes), width);
                B5 = At(group, panelStride, first + (5 * TMath.Lanes), width);
                B6 = At(group, panelStride, first + (6 * TMath.Lanes), width);
                B7 = At(group, panelStride, first + (7 * TMath.Lanes), width);
            }
        }

        // Registers beyond the last used panel read the group's first one again: valid memory, unused results.
        private static float* At(float* group, long panelStride, int column, int width)
        {
            int used = column < width ? column : 0;
            return group + (used / PanelLayout.Width * panelStride) + (used % PanelLayout.Width);
        }
    }
}
