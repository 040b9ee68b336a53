using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// <see cref="ScoreTile"/> for up to eight rows and keys of a rounded type, which are widened in registers: for machines with registers for 16 accumulators.
/// The same chains, so the same bits.
/// </summary>
internal static unsafe class RoundedScoreTile
{
    /// <summary>Scores of four or eight rows with consecutive blocks.</summary>
    /// <param name="queries">[4 or 8, size].</param>
    /// <param name="rows">4 or 8.</param>
    /// <param name="blocks">Blocks of 16 keys.</param>
    /// <param name="blockBytes">Bytes from one block to the next.</param>
    /// <param name="blockCount">Number of blocks.</param>
    /// <param name="size">Head size, a multiple of 32.</param>
    /// <param name="scale">Factor after the chain.</param>
    /// <param name="scores">[rows, 16 · blocks], written.</param>
    /// <param name="stride">Elements from one row of scores to the next.</param>
    public static void Compute<TLanes, TCode>(
        float* queries, int rows, byte* blocks, long blockBytes, int blockCount, int size, float scale, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
        where TCode : IStoredCode
    {
        TLanes factor = TLanes.Broadcast(scale);
        int step = rows == 4 ? 4 : 2;
        for (int block = 0; block < blockCount; block += step)
        {
            byte* first = blocks + (block * blockBytes);
            int count = Math.Min(step, blockCount - block);
            if (rows == 4)
            {
                Score4x4<TLanes, TCode>(queries, first, blockBytes, count, size, factor, scores + (block * 16), stride);
            }
            else
            {
                Score8x2<TLanes, TCode>(queries, first, blockBytes, count, size, factor, scores + (block * 16), stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score4x4<TLanes, TCode>(float* queries, byte* first, long blockBytes, int count, int size, TLanes factor, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
        where TCode : IStoredCode
    {
        float* q1 = queries + size;
        float* q2 = queries + (2 * size);
        float* q3 = queries + (3 * size);
        byte* block1 = first + (Math.Min(1, count - 1) * blockBytes);
        byte* block2 = first + (Math.Min(2, count - 1) * blockBytes);
        byte* block3 = first + (Math.Min(3, count - 1) * blockBytes);
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
        TLanes scale0 = TLanes.Broadcast(1f);
        TLanes scale1 = TLanes.Broadcast(1f);
        TLanes scale2 = TLanes.Broadcast(1f);
        TLanes scale3 = TLanes.Broadcast(1f);
        int scaleBytes = TCode.HasScales ? size / KeyValueLayout.GroupSize * AttentionShape.KeyBlock * sizeof(ushort) : 0;
        nint at = scaleBytes;
        for (int group = 0; group < size; group += KeyValueLayout.GroupSize)
        {
            if (TCode.HasScales)
            {
                int offset = group / KeyValueLayout.GroupSize * AttentionShape.KeyBlock * sizeof(ushort);
                scale0 = TLanes.LoadHalves((ushort*)(first + offset));
                scale1 = TLanes.LoadHalves((ushort*)(block1 + offset));
                scale2 = TLanes.LoadHalves((ushort*)(block2 + offset));
                scale3 = TLanes.LoadHalves((ushort*)(block3 + offset));
            }

            for (nint j = group; j < group + KeyValueLayout.GroupSize; j++, at += AttentionShape.KeyBlock * TCode.Bytes)
            {
                TLanes key0 = TCode.HasScales ? TCode.Load<TLanes>(first + at) * scale0 : TCode.Load<TLanes>(first + at);
                TLanes key1 = TCode.HasScales ? TCode.Load<TLanes>(block1 + at) * scale1 : TCode.Load<TLanes>(block1 + at);
                TLanes key2 = TCode.HasScales ? TCode.Load<TLanes>(block2 + at) * scale2 : TCode.Load<TLanes>(block2 + at);
                TLanes key3 = TCode.HasScales ? TCode.Load<TLanes>(block3 + at) * scale3 : TCode.Load<TLanes>(block3 + at);
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
        }

        TLanes.Store(s00 * factor, scores);
        TLanes.Store(s10 * factor, scores + stride);
        TLanes.Store(s20 * factor, scores + (2 * stride));
        TLanes.Store(s30 * factor, scores + (3 * stride));
        if (count > 1)
        {
            TLanes.Store(s01 * factor, scores + 16);
            TLanes.Store(s11 * factor, scores + stride + 16);
            TLanes.Store(s21 * factor, scores + (2 * stride) + 16);
            TLanes.Store(s31 * factor, scores + (3 * stride) + 16);
        }

        if (count > 2)
        {
            TLanes.Store(s02 * factor, scores + 32);
            TLanes.Store(s12 * factor, scores + stride + 32);
            TLanes.Store(s22 * factor, scores + (2 * stride) + 32);
            TLanes.Store(s32 * factor, scores + (3 * stride) + 32);
        }

        if (count > 3)
        {
            TLanes.Store(s03 * factor, scores + 48);
            TLanes.Store(s13 * factor, scores + stride + 48);
            TLanes.Store(s23 * factor, scores + (2 * stride) + 48);
            TLanes.Store(s33 * factor, scores + (3 * stride) + 48);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score8x2<TLanes, TCode>(float* queries, byte* first, long blockBytes, int count, int size, TLanes factor, float* scores, int stride)
        where TLanes : unmanaged, ILanes<TLanes>
        where TCode : IStoredCode
    {
        float* q1 = queries + size;
        float* q2 = queries + (2 * size);
        float* q3 = queries + (3 * size);
        float* q4 = queries + (4 * size);
        float* q5 = queries + (5 * size);
        float* q6 = queries + (6 * size);
        float* q7 = queries + (7 * size);
        byte* block1 = first + (Math.Min(1, count - 1) * blockBytes);
        TLanes s00 = TLanes.Broadcast(0);
        TLanes s01 = TLanes.Broadcast(0);
        TLanes s10 = TLanes.Broadcast(0);
        TLanes s11 = TLanes.Broadcast(0);
        TLanes s20 = TLanes.Broadcast(0);
        TLanes s21 = TLanes.Broadcast(0);
        TLanes s30 = TLanes.Broadcast(0);
        TLanes s31 = TLanes.Broadcast(0);
        TLanes s40 = TLanes.Broadcast(0);
        TLanes s41 = TLanes.Broadcast(0);
        TLanes s50 = TLanes.Broadcast(0);
        TLanes s51 = TLanes.Broadcast(0);
        TLanes s60 = TLanes.Broadcast(0);
        TLanes s61 = TLanes.Broadcast(0);
        TLanes s70 = TLanes.Broadcast(0);
        TLanes s71 = TLanes.Broadcast(0);
        TLanes scale0 = TLanes.Broadcast(1f);
        TLanes scale1 = TLanes.Broadcast(1f);
        int scaleBytes = TCode.HasScales ? size / KeyValueLayout.GroupSize * AttentionShape.KeyBlock * sizeof(ushort) : 0;
        nint at = scaleBytes;
        for (int group = 0; group < size; group += KeyValueLayout.GroupSize)
        {
            if (TCode.HasScales)
            {
                int offset = group / KeyValueLayout.GroupSize * AttentionShape.KeyBlock * sizeof(ushort);
                scale0 = TLanes.LoadHalves((ushort*)(first + offset));
                scale1 = TLanes.LoadHalves((ushort*)(block1 + offset));
            }

            for (nint j = group; j < group + KeyValueLayout.GroupSize; j++, at += AttentionShape.KeyBlock * TCode.Bytes)
            {
                TLanes key0 = TCode.HasScales ? TCode.Load<TLanes>(first + at) * scale0 : TCode.Load<TLanes>(first + at);
                TLanes key1 = TCode.HasScales ? TCode.Load<TLanes>(block1 + at) * scale1 : TCode.Load<TLanes>(block1 + at);
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
                TLanes x4 = TLanes.Broadcast(q4[j]);
                s40 = TLanes.MultiplyAdd(x4, key0, s40);
                s41 = TLanes.MultiplyAdd(x4, key1, s41);
                TLanes x5 = TLanes.Broadcast(q5[j]);
                s50 = TLanes.MultiplyAdd(x5, key0, s50);
                s51 = TLanes.MultiplyAdd(x5, key1, s51);
                TLanes x6 = TLanes.Broadcast(q6[j]);
                s60 = TLanes.MultiplyAdd(x6, key0, s60);
                s61 = TLanes.MultiplyAdd(x6, key1, s61);
                TLanes x7 = TLanes.Broadcast(q7[j]);
                s70 = TLanes.MultiplyAdd(x7, key0, s70);
                s71 = TLanes.MultiplyAdd(x7, key1, s71);
            }
        }

        TLanes.Store(s00 * factor, scores);
        TLanes.Store(s10 * factor, scores + stride);
        TLanes.Store(s20 * factor, scores + (2 * stride));
        TLanes.Store(s30 * factor, scores + (3 * stride));
        TLanes.Store(s40 * factor, scores + (4 * stride));
        TLanes.Store(s50 * factor, scores + (5 * stride));
        TLanes.Store(s60 * factor, scores + (6 * stride));
        TLanes.Store(s70 * factor, scores + (7 * stride));
        if (count > 1)
        {
            TLanes.Store(s01 * factor, scores + 16);
            TLanes.Store(s11 * factor, scores + stride + 16);
            TLanes.Store(s21 * factor, scores + (2 * stride) + 16);
            TLanes.Store(s31 * factor, scores + (3 * stride) + 16);
            TLanes.Store(s41 * factor, scores + (4 * stride) + 16);
            TLanes.Store(s51 * factor, scores + (5 * stride) + 16);
            TLanes.Store(s61 * factor, scores + (6 * stride) + 16);
            TLanes.Store(s71 * factor, scores + (7 * stride) + 16);
        }
    }
}
