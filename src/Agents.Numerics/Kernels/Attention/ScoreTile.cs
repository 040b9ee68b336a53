using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Scores of some query rows with blocks of 16 transposed keys: one chain per score, times the scale.</summary>
internal static unsafe class ScoreTile
{
    /// <summary>Scores of an even number of rows with consecutive blocks.</summary>
    /// <param name="queries">[rows, size].</param>
    /// <param name="rows">Even.</param>
    /// <param name="blocks">[blocks, size, 16].</param>
    /// <param name="blockCount">Number of blocks.</param>
    /// <param name="size">Head size.</param>
    /// <param name="scale">Factor after the chain.</param>
    /// <param name="scores">[rows, 16 · blocks], written.</param>
    /// <param name="stride">Elements from one row of scores to the next.</param>
    public static void Compute<TLanes>(float* queries, int rows, float* blocks, int blockCount, int size, float scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(scale);
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            float* q = queries + (row * size);
            float* s = scores + (row * stride);
            int block = 0;
            for (; TLanes.HasLargeTiles && block + 4 <= blockCount; block += 4)
            {
                Score4x4(q, blocks + ((long)block * size * 16), size, factor, s + (block * 16), stride);
            }

            for (; TLanes.HasLargeTiles && block + 2 <= blockCount; block += 2)
            {
                Score4x2(q, blocks + ((long)block * size * 16), size, factor, s + (block * 16), stride);
            }

            for (; block < blockCount; block++)
            {
                Score4x1(q, blocks + ((long)block * size * 16), size, factor, s + (block * 16), stride);
            }
        }

        for (; row < rows; row += 2)
        {
            float* q = queries + (row * size);
            float* s = scores + (row * stride);
            int block = 0;
            for (; TLanes.HasLargeTiles && block + 4 <= blockCount; block += 4)
            {
                Score2x4(q, blocks + ((long)block * size * 16), size, factor, s + (block * 16), stride);
            }

            for (; block < blockCount; block++)
            {
                Score2x1(q, blocks + ((long)block * size * 16), size, factor, s + (block * 16), stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score4x4<TLanes>(float* queries, float* blocks, int size, TLanes scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* q1 = queries + size;
        float* q2 = queries + (2 * size);
        float* q3 = queries + (3 * size);
        float* k1 = blocks + (16 * size);
        float* k2 = blocks + (32 * size);
        float* k3 = blocks + (48 * size);
        TLanes s00 = TLanes.Broadcast(0);
        TLanes s01 = TLanes.Broadcast(0);
        TLanes s02 = TLanes.Broadcast(0);
        TLanes s03 = TLanes.Broadcast(0);
        TLanes s10 = TLanes.Broadcast(0);
        TLanes s11 = TLanes.Broadcast(0);
        TLanes s12 = TLanes.Broadcast(0);
        TLanes s13 = TLanes.Broadcast(0);
        TLanes s20 = TLanes.Broadcast(0);
        TLanes s21 = TLanes.Broadcast(0);
        TLanes s22 = TLanes.Broadcast(0);
        TLanes s23 = TLanes.Broadcast(0);
        TLanes s30 = TLanes.Broadcast(0);
        TLanes s31 = TLanes.Broadcast(0);
        TLanes s32 = TLanes.Broadcast(0);
        TLanes s33 = TLanes.Broadcast(0);
        for (int j = 0; j < size; j++)
        {
            TLanes key0 = TLanes.Load(blocks + (j * 16));
            TLanes key1 = TLanes.Load(k1 + (j * 16));
            TLanes key2 = TLanes.Load(k2 + (j * 16));
            TLanes key3 = TLanes.Load(k3 + (j * 16));
            TLanes x0 = TLanes.Broadcast(queries[j]);
            s00 = TLanes.MultiplyAdd(x0, key0, s00);
            s01 = TLanes.MultiplyAdd(x0, key1, s01);
            s02 = TLanes.MultiplyAdd(x0, key2, s02);
            s03 = TLanes.MultiplyAdd(x0, key3, s03);
            TLanes x1 = TLanes.Broadcast(q1[j]);
            s10 = TLanes.MultiplyAdd(x1, key0, s10);
            s11 = TLanes.MultiplyAdd(x1, key1, s11);
            s12 = TLanes.MultiplyAdd(x1, key2, s12);
            s13 = TLanes.MultiplyAdd(x1, key3, s13);
            TLanes x2 = TLanes.Broadcast(q2[j]);
            s20 = TLanes.MultiplyAdd(x2, key0, s20);
            s21 = TLanes.MultiplyAdd(x2, key1, s21);
            s22 = TLanes.MultiplyAdd(x2, key2, s22);
            s23 = TLanes.MultiplyAdd(x2, key3, s23);
            TLanes x3 = TLanes.Broadcast(q3[j]);
            s30 = TLanes.MultiplyAdd(x3, key0, s30);
            s31 = TLanes.MultiplyAdd(x3, key1, s31);
            s32 = TLanes.MultiplyAdd(x3, key2, s32);
            s33 = TLanes.MultiplyAdd(x3, key3, s33);
        }

        TLanes.Store(s00 * scale, scores);
        TLanes.Store(s01 * scale, scores + 16);
        TLanes.Store(s02 * scale, scores + 32);
        TLanes.Store(s03 * scale, scores + 48);
        TLanes.Store(s10 * scale, scores + stride);
        TLanes.Store(s11 * scale, scores + stride + 16);
        TLanes.Store(s12 * scale, scores + stride + 32);
        TLanes.Store(s13 * scale, scores + stride + 48);
        TLanes.Store(s20 * scale, scores + (2 * stride));
        TLanes.Store(s21 * scale, scores + (2 * stride) + 16);
        TLanes.Store(s22 * scale, scores + (2 * stride) + 32);
        TLanes.Store(s23 * scale, scores + (2 * stride) + 48);
        TLanes.Store(s30 * scale, scores + (3 * stride));
        TLanes.Store(s31 * scale, scores + (3 * stride) + 16);
        TLanes.Store(s32 * scale, scores + (3 * stride) + 32);
        TLanes.Store(s33 * scale, scores + (3 * stride) + 48);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score4x2<TLanes>(float* queries, float* blocks, int size, TLanes scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* q1 = queries + size;
        float* q2 = queries + (2 * size);
        float* q3 = queries + (3 * size);
        float* k1 = blocks + (16 * size);
        TLanes s00 = TLanes.Broadcast(0);
        TLanes s01 = TLanes.Broadcast(0);
        TLanes s10 = TLanes.Broadcast(0);
        TLanes s11 = TLanes.Broadcast(0);
        TLanes s20 = TLanes.Broadcast(0);
        TLanes s21 = TLanes.Broadcast(0);
        TLanes s30 = TLanes.Broadcast(0);
        TLanes s31 = TLanes.Broadcast(0);
        for (int j = 0; j < size; j++)
        {
            TLanes key0 = TLanes.Load(blocks + (j * 16));
            TLanes key1 = TLanes.Load(k1 + (j * 16));
            TLanes x0 = TLanes.Broadcast(queries[j]);
            s00 = TLanes.MultiplyAdd(x0, key0, s00);
            s01 = TLanes.MultiplyAdd(x0, key1, s01);
            TLanes x1 = TLanes.Broadcast(q1[j]);
            s10 = TLanes.MultiplyAdd(x1, key0, s10);
            s11 = TLanes.MultiplyAdd(x1, key1, s11);
            TLanes x2 = TLanes.Broadcast(q2[j]);
            s20 = TLanes.MultiplyAdd(x2, key0, s20);
            s21 = TLanes.MultiplyAdd(x2, key1, s21);
            TLanes x3 = TLanes.Broadcast(q3[j]);
            s30 = TLanes.MultiplyAdd(x3, key0, s30);
            s31 = TLanes.MultiplyAdd(x3, key1, s31);
        }

        TLanes.Store(s00 * scale, scores);
        TLanes.Store(s01 * scale, scores + 16);
        TLanes.Store(s10 * scale, scores + stride);
        TLanes.Store(s11 * scale, scores + stride + 16);
        TLanes.Store(s20 * scale, scores + (2 * stride));
        TLanes.Store(s21 * scale, scores + (2 * stride) + 16);
        TLanes.Store(s30 * scale, scores + (3 * stride));
        TLanes.Store(s31 * scale, scores + (3 * stride) + 16);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score4x1<TLanes>(float* queries, float* blocks, int size, TLanes scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* q1 = queries + size;
        float* q2 = queries + (2 * size);
        float* q3 = queries + (3 * size);
        TLanes s00 = TLanes.Broadcast(0);
        TLanes s10 = TLanes.Broadcast(0);
        TLanes s20 = TLanes.Broadcast(0);
        TLanes s30 = TLanes.Broadcast(0);
        for (int j = 0; j < size; j++)
        {
            TLanes key0 = TLanes.Load(blocks + (j * 16));
            TLanes x0 = TLanes.Broadcast(queries[j]);
            s00 = TLanes.MultiplyAdd(x0, key0, s00);
            TLanes x1 = TLanes.Broadcast(q1[j]);
            s10 = TLanes.MultiplyAdd(x1, key0, s10);
            TLanes x2 = TLanes.Broadcast(q2[j]);
            s20 = TLanes.MultiplyAdd(x2, key0, s20);
            TLanes x3 = TLanes.Broadcast(q3[j]);
            s30 = TLanes.MultiplyAdd(x3, key0, s30);
        }

        TLanes.Store(s00 * scale, scores);
        TLanes.Store(s10 * scale, scores + stride);
        TLanes.Store(s20 * scale, scores + (2 * stride));
        TLanes.Store(s30 * scale, scores + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score2x4<TLanes>(float* queries, float* blocks, int size, TLanes scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* q1 = queries + size;
        float* k1 = blocks + (16 * size);
        float* k2 = blocks + (32 * size);
        float* k3 = blocks + (48 * size);
        TLanes s00 = TLanes.Broadcast(0);
        TLanes s01 = TLanes.Broadcast(0);
        TLanes s02 = TLanes.Broadcast(0);
        TLanes s03 = TLanes.Broadcast(0);
        TLanes s10 = TLanes.Broadcast(0);
        TLanes s11 = TLanes.Broadcast(0);
        TLanes s12 = TLanes.Broadcast(0);
        TLanes s13 = TLanes.Broadcast(0);
        for (int j = 0; j < size; j++)
        {
            TLanes key0 = TLanes.Load(blocks + (j * 16));
            TLanes key1 = TLanes.Load(k1 + (j * 16));
            TLanes key2 = TLanes.Load(k2 + (j * 16));
            TLanes key3 = TLanes.Load(k3 + (j * 16));
            TLanes x0 = TLanes.Broadcast(queries[j]);
            s00 = TLanes.MultiplyAdd(x0, key0, s00);
            s01 = TLanes.MultiplyAdd(x0, key1, s01);
            s02 = TLanes.MultiplyAdd(x0, key2, s02);
            s03 = TLanes.MultiplyAdd(x0, key3, s03);
            TLanes x1 = TLanes.Broadcast(q1[j]);
            s10 = TLanes.MultiplyAdd(x1, key0, s10);
            s11 = TLanes.MultiplyAdd(x1, key1, s11);
            s12 = TLanes.MultiplyAdd(x1, key2, s12);
            s13 = TLanes.MultiplyAdd(x1, key3, s13);
        }

        TLanes.Store(s00 * scale, scores);
        TLanes.Store(s01 * scale, scores + 16);
        TLanes.Store(s02 * scale, scores + 32);
        TLanes.Store(s03 * scale, scores + 48);
        TLanes.Store(s10 * scale, scores + stride);
        TLanes.Store(s11 * scale, scores + stride + 16);
        TLanes.Store(s12 * scale, scores + stride + 32);
        TLanes.Store(s13 * scale, scores + stride + 48);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score2x1<TLanes>(float* queries, float* blocks, int size, TLanes scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* q1 = queries + size;
        TLanes s00 = TLanes.Broadcast(0);
        TLanes s10 = TLanes.Broadcast(0);
        for (int j = 0; j < size; j++)
        {
            TLanes key0 = TLanes.Load(blocks + (j * 16));
            TLanes x0 = TLanes.Broadcast(queries[j]);
            s00 = TLanes.MultiplyAdd(x0, key0, s00);
            TLanes x1 = TLanes.Broadcast(q1[j]);
            s10 = TLanes.MultiplyAdd(x1, key0, s10);
        }

        TLanes.Store(s00 * scale, scores);
        TLanes.Store(s10 * scale, scores + stride);
    }
}
