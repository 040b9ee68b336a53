using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>target[i] += Σ over k of weight(i, k) · values[k], one chain per element over ascending k.</summary>
internal static unsafe class WeightedSumTile
{
    /// <summary>Adds weighted rows to target rows.</summary>
    /// <param name="target">[rows, size].</param>
    /// <param name="targetStride">Elements from one target row to the next.</param>
    /// <param name="rows">Number of target rows.</param>
    /// <param name="weights">[rows, count], in either order.</param>
    /// <param name="values">[count, size].</param>
    /// <param name="valueStride">Elements from one value row to the next.</param>
    /// <param name="count">Number of value rows.</param>
    /// <param name="size">Head size.</param>
    public static void Add<TLanes>(
        float* target, int targetStride, int rows, TileWeights weights, float* values, int valueStride, int count, int size)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            float* t = target + ((long)row * targetStride);
            TileWeights w = weights.From(row);
            int c = 0;
            for (; TLanes.HasLargeTiles && c + 64 <= size; c += 64)
            {
                Add4x4<TLanes>(t + c, targetStride, w, values + c, valueStride, count);
            }

            for (; c + 16 <= size; c += 16)
            {
                Add4x1<TLanes>(t + c, targetStride, w, values + c, valueStride, count);
            }
        }

        for (; row + 2 <= rows; row += 2)
        {
            float* t = target + ((long)row * targetStride);
            TileWeights w = weights.From(row);
            int c = 0;
            for (; TLanes.HasLargeTiles && c + 64 <= size; c += 64)
            {
                Add2x4<TLanes>(t + c, targetStride, w, values + c, valueStride, count);
            }

            for (; c + 16 <= size; c += 16)
            {
                Add2x1<TLanes>(t + c, targetStride, w, values + c, valueStride, count);
            }
        }

        for (; row < rows; row++)
        {
            float* t = target + ((long)row * targetStride);
            TileWeights w = weights.From(row);
            for (int c = 0; c + 16 <= size; c += 16)
            {
                Add1x1<TLanes>(t + c, targetStride, w, values + c, valueStride, count);
            }
        }

        if (size % 16 != 0)
        {
            AddRest(target, targetStride, rows, weights, values, valueStride, count, size);
        }
    }

    /// <summary>The components behind the last multiple of 16.</summary>
    private static void AddRest(
        float* target, int targetStride, int rows, TileWeights weights, float* values, int valueStride, int count, int size)
    {
        for (int row = 0; row < rows; row++)
        {
            float* w = weights.From(row).Data;
            for (int c = size & ~15; c < size; c++)
            {
                float* t = target + ((long)row * targetStride) + c;
                float sum = *t;
                for (int k = 0; k < count; k++)
                {
                    sum = MathF.FusedMultiplyAdd(w[k * weights.Step], values[((long)k * valueStride) + c], sum);
                }

                *t = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add4x4<TLanes>(float* target, int targetStride, TileWeights weights, float* values, int valueStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* row1 = target + targetStride;
        float* row2 = target + (2 * targetStride);
        float* row3 = target + (3 * targetStride);
        TLanes t00 = TLanes.Load(target);
        TLanes t01 = TLanes.Load(target + 16);
        TLanes t02 = TLanes.Load(target + 32);
        TLanes t03 = TLanes.Load(target + 48);
        TLanes t10 = TLanes.Load(row1);
        TLanes t11 = TLanes.Load(row1 + 16);
        TLanes t12 = TLanes.Load(row1 + 32);
        TLanes t13 = TLanes.Load(row1 + 48);
        TLanes t20 = TLanes.Load(row2);
        TLanes t21 = TLanes.Load(row2 + 16);
        TLanes t22 = TLanes.Load(row2 + 32);
        TLanes t23 = TLanes.Load(row2 + 48);
        TLanes t30 = TLanes.Load(row3);
        TLanes t31 = TLanes.Load(row3 + 16);
        TLanes t32 = TLanes.Load(row3 + 32);
        TLanes t33 = TLanes.Load(row3 + 48);
        float* w0 = weights.Data;
        float* w1 = w0 + weights.RowStride;
        float* w2 = w0 + (2 * weights.RowStride);
        float* w3 = w0 + (3 * weights.RowStride);
        nint step = weights.Step;
        for (nint k = 0, at = 0; k < count; k++, at += step, values += valueStride)
        {
            TLanes v0 = TLanes.Load(values);
            TLanes v1 = TLanes.Load(values + 16);
            TLanes v2 = TLanes.Load(values + 32);
            TLanes v3 = TLanes.Load(values + 48);
            TLanes x0 = TLanes.Broadcast(w0[at]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
            t01 = TLanes.MultiplyAdd(x0, v1, t01);
            t02 = TLanes.MultiplyAdd(x0, v2, t02);
            t03 = TLanes.MultiplyAdd(x0, v3, t03);
            TLanes x1 = TLanes.Broadcast(w1[at]);
            t10 = TLanes.MultiplyAdd(x1, v0, t10);
            t11 = TLanes.MultiplyAdd(x1, v1, t11);
            t12 = TLanes.MultiplyAdd(x1, v2, t12);
            t13 = TLanes.MultiplyAdd(x1, v3, t13);
            TLanes x2 = TLanes.Broadcast(w2[at]);
            t20 = TLanes.MultiplyAdd(x2, v0, t20);
            t21 = TLanes.MultiplyAdd(x2, v1, t21);
            t22 = TLanes.MultiplyAdd(x2, v2, t22);
            t23 = TLanes.MultiplyAdd(x2, v3, t23);
            TLanes x3 = TLanes.Broadcast(w3[at]);
            t30 = TLanes.MultiplyAdd(x3, v0, t30);
            t31 = TLanes.MultiplyAdd(x3, v1, t31);
            t32 = TLanes.MultiplyAdd(x3, v2, t32);
            t33 = TLanes.MultiplyAdd(x3, v3, t33);
        }

        TLanes.Store(t00, target);
        TLanes.Store(t01, target + 16);
        TLanes.Store(t02, target + 32);
        TLanes.Store(t03, target + 48);
        TLanes.Store(t10, row1);
        TLanes.Store(t11, row1 + 16);
        TLanes.Store(t12, row1 + 32);
        TLanes.Store(t13, row1 + 48);
        TLanes.Store(t20, row2);
        TLanes.Store(t21, row2 + 16);
        TLanes.Store(t22, row2 + 32);
        TLanes.Store(t23, row2 + 48);
        TLanes.Store(t30, row3);
        TLanes.Store(t31, row3 + 16);
        TLanes.Store(t32, row3 + 32);
        TLanes.Store(t33, row3 + 48);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add4x1<TLanes>(float* target, int targetStride, TileWeights weights, float* values, int valueStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* row1 = target + targetStride;
        float* row2 = target + (2 * targetStride);
        float* row3 = target + (3 * targetStride);
        TLanes t00 = TLanes.Load(target);
        TLanes t10 = TLanes.Load(row1);
        TLanes t20 = TLanes.Load(row2);
        TLanes t30 = TLanes.Load(row3);
        float* w0 = weights.Data;
        float* w1 = w0 + weights.RowStride;
        float* w2 = w0 + (2 * weights.RowStride);
        float* w3 = w0 + (3 * weights.RowStride);
        nint step = weights.Step;
        for (nint k = 0, at = 0; k < count; k++, at += step, values += valueStride)
        {
            TLanes v0 = TLanes.Load(values);
            TLanes x0 = TLanes.Broadcast(w0[at]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
            TLanes x1 = TLanes.Broadcast(w1[at]);
            t10 = TLanes.MultiplyAdd(x1, v0, t10);
            TLanes x2 = TLanes.Broadcast(w2[at]);
            t20 = TLanes.MultiplyAdd(x2, v0, t20);
            TLanes x3 = TLanes.Broadcast(w3[at]);
            t30 = TLanes.MultiplyAdd(x3, v0, t30);
        }

        TLanes.Store(t00, target);
        TLanes.Store(t10, row1);
        TLanes.Store(t20, row2);
        TLanes.Store(t30, row3);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add2x4<TLanes>(float* target, int targetStride, TileWeights weights, float* values, int valueStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* row1 = target + targetStride;
        TLanes t00 = TLanes.Load(target);
        TLanes t01 = TLanes.Load(target + 16);
        TLanes t02 = TLanes.Load(target + 32);
        TLanes t03 = TLanes.Load(target + 48);
        TLanes t10 = TLanes.Load(row1);
        TLanes t11 = TLanes.Load(row1 + 16);
        TLanes t12 = TLanes.Load(row1 + 32);
        TLanes t13 = TLanes.Load(row1 + 48);
        float* w0 = weights.Data;
        float* w1 = w0 + weights.RowStride;
        nint step = weights.Step;
        for (nint k = 0, at = 0; k < count; k++, at += step, values += valueStride)
        {
            TLanes v0 = TLanes.Load(values);
            TLanes v1 = TLanes.Load(values + 16);
            TLanes v2 = TLanes.Load(values + 32);
            TLanes v3 = TLanes.Load(values + 48);
            TLanes x0 = TLanes.Broadcast(w0[at]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
            t01 = TLanes.MultiplyAdd(x0, v1, t01);
            t02 = TLanes.MultiplyAdd(x0, v2, t02);
            t03 = TLanes.MultiplyAdd(x0, v3, t03);
            TLanes x1 = TLanes.Broadcast(w1[at]);
            t10 = TLanes.MultiplyAdd(x1, v0, t10);
            t11 = TLanes.MultiplyAdd(x1, v1, t11);
            t12 = TLanes.MultiplyAdd(x1, v2, t12);
            t13 = TLanes.MultiplyAdd(x1, v3, t13);
        }

        TLanes.Store(t00, target);
        TLanes.Store(t01, target + 16);
        TLanes.Store(t02, target + 32);
        TLanes.Store(t03, target + 48);
        TLanes.Store(t10, row1);
        TLanes.Store(t11, row1 + 16);
        TLanes.Store(t12, row1 + 32);
        TLanes.Store(t13, row1 + 48);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add2x1<TLanes>(float* target, int targetStride, TileWeights weights, float* values, int valueStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* row1 = target + targetStride;
        TLanes t00 = TLanes.Load(target);
        TLanes t10 = TLanes.Load(row1);
        float* w0 = weights.Data;
        float* w1 = w0 + weights.RowStride;
        nint step = weights.Step;
        for (nint k = 0, at = 0; k < count; k++, at += step, values += valueStride)
        {
            TLanes v0 = TLanes.Load(values);
            TLanes x0 = TLanes.Broadcast(w0[at]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
            TLanes x1 = TLanes.Broadcast(w1[at]);
            t10 = TLanes.MultiplyAdd(x1, v0, t10);
        }

        TLanes.Store(t00, target);
        TLanes.Store(t10, row1);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add1x1<TLanes>(float* target, int targetStride, TileWeights weights, float* values, int valueStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes t00 = TLanes.Load(target);
        float* w0 = weights.Data;
        nint step = weights.Step;
        for (nint k = 0, at = 0; k < count; k++, at += step, values += valueStride)
        {
            TLanes v0 = TLanes.Load(values);
            TLanes x0 = TLanes.Broadcast(w0[at]);
            t00 = TLanes.MultiplyAdd(x0, v0, t00);
        }

        TLanes.Store(t00, target);
    }
}
