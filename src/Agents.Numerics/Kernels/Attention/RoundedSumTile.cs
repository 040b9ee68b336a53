using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// <see cref="WeightedSumTile"/> for up to eight rows and values of a rounded type, which are widened in registers: for machines with registers for 16
/// accumulators. The same chains, so the same bits.
/// </summary>
internal static unsafe class RoundedSumTile
{
    /// <summary>Adds weighted values to four or eight target rows.</summary>
    /// <param name="target">[4 or 8, size].</param>
    /// <param name="rows">4 or 8.</param>
    /// <param name="weights">[4 or 8, count].</param>
    /// <param name="stride">Elements from one row of weights to the next.</param>
    /// <param name="values">[count, size], codes.</param>
    /// <param name="scales">[count, size / 32], widened; not read when the type has none.</param>
    /// <param name="count">Number of value rows.</param>
    /// <param name="size">Head size, a multiple of 64.</param>
    public static void Add<TLanes, TCode>(float* target, int rows, float* weights, int stride, byte* values, float* scales, int count, int size)
        where TLanes : unmanaged, ILanes<TLanes>
        where TCode : IStoredCode
    {
        int groups = size / KeyValueLayout.GroupSize;
        int step = rows == 4 ? 64 : 32;
        for (int column = 0; column < size; column += step)
        {
            byte* from = values + (column * TCode.Bytes);
            float* scale = scales + (column / KeyValueLayout.GroupSize);
            if (rows == 4)
            {
                Add4x4<TLanes, TCode>(target + column, size, weights, stride, from, scale, groups, count);
            }
            else
            {
                Add8x2<TLanes, TCode>(target + column, size, weights, stride, from, scale, groups, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add4x4<TLanes, TCode>(float* target, int size, float* weights, int stride, byte* values, float* scales, int groups, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TCode : IStoredCode
    {
        float* w1 = weights + stride;
        float* w2 = weights + (2 * stride);
        float* w3 = weights + (3 * stride);
        TLanes t00 = TLanes.Load(target);
        TLanes t01 = TLanes.Load(target + 16);
        TLanes t02 = TLanes.Load(target + 32);
        TLanes t03 = TLanes.Load(target + 48);
        TLanes t10 = TLanes.Load(target + size);
        TLanes t11 = TLanes.Load(target + size + 16);
        TLanes t12 = TLanes.Load(target + size + 32);
        TLanes t13 = TLanes.Load(target + size + 48);
        TLanes t20 = TLanes.Load(target + (2 * size));
        TLanes t21 = TLanes.Load(target + (2 * size) + 16);
        TLanes t22 = TLanes.Load(target + (2 * size) + 32);
        TLanes t23 = TLanes.Load(target + (2 * size) + 48);
        TLanes t30 = TLanes.Load(target + (3 * size));
        TLanes t31 = TLanes.Load(target + (3 * size) + 16);
        TLanes t32 = TLanes.Load(target + (3 * size) + 32);
        TLanes t33 = TLanes.Load(target + (3 * size) + 48);
        nint rowBytes = size * TCode.Bytes;
        for (nint k = 0; k < count; k++, values += rowBytes, scales += groups)
        {
            TLanes v0 = TCode.Load<TLanes>(values);
            TLanes v1 = TCode.Load<TLanes>(values + (16 * TCode.Bytes));
            TLanes v2 = TCode.Load<TLanes>(values + (32 * TCode.Bytes));
            TLanes v3 = TCode.Load<TLanes>(values + (48 * TCode.Bytes));
            if (TCode.HasScales)
            {
                TLanes scale0 = TLanes.Broadcast(scales[0]);
                v0 *= scale0;
                v1 *= scale0;
                TLanes scale1 = TLanes.Broadcast(scales[1]);
                v2 *= scale1;
                v3 *= scale1;
            }

            TLanes x0 = TLanes.Broadcast(weights[k]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
            t01 = TLanes.MultiplyAdd(x0, v1, t01);
            t02 = TLanes.MultiplyAdd(x0, v2, t02);
            t03 = TLanes.MultiplyAdd(x0, v3, t03);
            TLanes x1 = TLanes.Broadcast(w1[k]);
            t10 = TLanes.MultiplyAdd(x1, v0, t10);
            t11 = TLanes.MultiplyAdd(x1, v1, t11);
            t12 = TLanes.MultiplyAdd(x1, v2, t12);
            t13 = TLanes.MultiplyAdd(x1, v3, t13);
            TLanes x2 = TLanes.Broadcast(w2[k]);
            t20 = TLanes.MultiplyAdd(x2, v0, t20);
            t21 = TLanes.MultiplyAdd(x2, v1, t21);
            t22 = TLanes.MultiplyAdd(x2, v2, t22);
            t23 = TLanes.MultiplyAdd(x2, v3, t23);
            TLanes x3 = TLanes.Broadcast(w3[k]);
            t30 = TLanes.MultiplyAdd(x3, v0, t30);
            t31 = TLanes.MultiplyAdd(x3, v1, t31);
            t32 = TLanes.MultiplyAdd(x3, v2, t32);
            t33 = TLanes.MultiplyAdd(x3, v3, t33);
        }

        TLanes.Store(t00, target);
        TLanes.Store(t01, target + 16);
        TLanes.Store(t02, target + 32);
        TLanes.Store(t03, target + 48);
        TLanes.Store(t10, target + size);
        TLanes.Store(t11, target + size + 16);
        TLanes.Store(t12, target + size + 32);
        TLanes.Store(t13, target + size + 48);
        TLanes.Store(t20, target + (2 * size));
        TLanes.Store(t21, target + (2 * size) + 16);
        TLanes.Store(t22, target + (2 * size) + 32);
        TLanes.Store(t23, target + (2 * size) + 48);
        TLanes.Store(t30, target + (3 * size));
        TLanes.Store(t31, target + (3 * size) + 16);
        TLanes.Store(t32, target + (3 * size) + 32);
        TLanes.Store(t33, target + (3 * size) + 48);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add8x2<TLanes, TCode>(float* target, int size, float* weights, int stride, byte* values, float* scales, int groups, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TCode : IStoredCode
    {
        float* w1 = weights + stride;
        float* w2 = weights + (2 * stride);
        float* w3 = weights + (3 * stride);
        float* w4 = weights + (4 * stride);
        float* w5 = weights + (5 * stride);
        float* w6 = weights + (6 * stride);
        float* w7 = weights + (7 * stride);
        TLanes t00 = TLanes.Load(target);
        TLanes t01 = TLanes.Load(target + 16);
        TLanes t10 = TLanes.Load(target + size);
        TLanes t11 = TLanes.Load(target + size + 16);
        TLanes t20 = TLanes.Load(target + (2 * size));
        TLanes t21 = TLanes.Load(target + (2 * size) + 16);
        TLanes t30 = TLanes.Load(target + (3 * size));
        TLanes t31 = TLanes.Load(target + (3 * size) + 16);
        TLanes t40 = TLanes.Load(target + (4 * size));
        TLanes t41 = TLanes.Load(target + (4 * size) + 16);
        TLanes t50 = TLanes.Load(target + (5 * size));
        TLanes t51 = TLanes.Load(target + (5 * size) + 16);
        TLanes t60 = TLanes.Load(target + (6 * size));
        TLanes t61 = TLanes.Load(target + (6 * size) + 16);
        TLanes t70 = TLanes.Load(target + (7 * size));
        TLanes t71 = TLanes.Load(target + (7 * size) + 16);
        nint rowBytes = size * TCode.Bytes;
        for (nint k = 0; k < count; k++, values += rowBytes, scales += groups)
        {
            TLanes v0 = TCode.Load<TLanes>(values);
            TLanes v1 = TCode.Load<TLanes>(values + (16 * TCode.Bytes));
            if (TCode.HasScales)
            {
                TLanes scale0 = TLanes.Broadcast(scales[0]);
                v0 *= scale0;
                v1 *= scale0;
            }

            TLanes x0 = TLanes.Broadcast(weights[k]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
            t01 = TLanes.MultiplyAdd(x0, v1, t01);
            TLanes x1 = TLanes.Broadcast(w1[k]);
            t10 = TLanes.MultiplyAdd(x1, v0, t10);
            t11 = TLanes.MultiplyAdd(x1, v1, t11);
            TLanes x2 = TLanes.Broadcast(w2[k]);
            t20 = TLanes.MultiplyAdd(x2, v0, t20);
            t21 = TLanes.MultiplyAdd(x2, v1, t21);
            TLanes x3 = TLanes.Broadcast(w3[k]);
            t30 = TLanes.MultiplyAdd(x3, v0, t30);
            t31 = TLanes.MultiplyAdd(x3, v1, t31);
            TLanes x4 = TLanes.Broadcast(w4[k]);
            t40 = TLanes.MultiplyAdd(x4, v0, t40);
            t41 = TLanes.MultiplyAdd(x4, v1, t41);
            TLanes x5 = TLanes.Broadcast(w5[k]);
            t50 = TLanes.MultiplyAdd(x5, v0, t50);
            t51 = TLanes.MultiplyAdd(x5, v1, t51);
            TLanes x6 = TLanes.Broadcast(w6[k]);
            t60 = TLanes.MultiplyAdd(x6, v0, t60);
            t61 = TLanes.MultiplyAdd(x6, v1, t61);
            TLanes x7 = TLanes.Broadcast(w7[k]);
            t70 = TLanes.MultiplyAdd(x7, v0, t70);
            t71 = TLanes.MultiplyAdd(x7, v1, t71);
        }

        TLanes.Store(t00, target);
        TLanes.Store(t01, target + 16);
        TLanes.Store(t10, target + size);
        TLanes.Store(t11, target + size + 16);
        TLanes.Store(t20, target + (2 * size));
        TLanes.Store(t21, target + (2 * size) + 16);
        TLanes.Store(t30, target + (3 * size));
        TLanes.Store(t31, target + (3 * size) + 16);
        TLanes.Store(t40, target + (4 * size));
        TLanes.Store(t41, target + (4 * size) + 16);
        TLanes.Store(t50, target + (5 * size));
        TLanes.Store(t51, target + (5 * size) + 16);
        TLanes.Store(t60, target + (6 * size));
        TLanes.Store(t61, target + (6 * size) + 16);
        TLanes.Store(t70, target + (7 * size));
        TLanes.Store(t71, target + (7 * size) + 16);
    }
}
