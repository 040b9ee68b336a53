using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q5_K: as Q4_K with a fifth bit.</summary>
internal readonly unsafe struct Q5KDot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 256;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        CacheLines.One(ahead.Scales);
        TCodes products = Chunk<TCodes, TFloats>(panel, ahead, codes, 0);
        products += Chunk<TCodes, TFloats>(panel, ahead, codes, 1);
        products += Chunk<TCodes, TFloats>(panel, ahead, codes, 2);
        products += Chunk<TCodes, TFloats>(panel, ahead, codes, 3);
        TCodes minimums = SixBitScales.Minimums<TCodes, TFloats>(panel.Second, x.Sums);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * TFloats.Broadcast(*x.Scale), sum);
        return TFloats.MultiplyAdd(TCodes.ToSingle(minimums), TCodes.LoadHalves(panel.Scales + 32) * TFloats.Broadcast(-*x.Scale), sum);
    }

    // 64 elements; two bits of each of the 32 bytes in the third area belong to the lower and the upper nibbles.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TCodes Chunk<TCodes, TFloats>(in PanelBlock panel, in PanelBlock ahead, int* codes, int chunk)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        byte* bytes = panel.Fourth + (512 * chunk);
        byte* next = ahead.Fourth + (512 * chunk);
        CacheLines.One(ahead.Second + (48 * chunk));
        CacheLines.One(ahead.Third + (128 * chunk));
        CacheLines.One(ahead.Third + (128 * chunk) + 64);
        codes += 16 * chunk;
        TCodes lower = Half<TCodes, TFloats>(bytes, next, panel.Third, 2 * chunk, codes, out TCodes upper);
        lower += Half<TCodes, TFloats>(bytes + 256, next + 256, panel.Third + 256, 2 * chunk, codes + 4, out TCodes upperRest);
        return (lower * SixBitScales.Scale<TCodes, TFloats>(panel.Second, 2 * chunk))
            + ((upper + upperRest) * SixBitScales.Scale<TCodes, TFloats>(panel.Second, (2 * chunk) + 1));
    }

    // Four elements: then five bits have filled the 16-bit sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TCodes Half<TCodes, TFloats>(byte* bytes, byte* ahead, byte* fifth, int bit, int* codes, out TCodes upper)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        TCodes low = TCodes.Broadcast(0);
        TCodes high = TCodes.Broadcast(0);
        Add(ref low, ref high, CacheLines.Load<TCodes, TFloats>(bytes, ahead), TCodes.Load(fifth), bit, codes);
        Add(ref low, ref high, CacheLines.Load<TCodes, TFloats>(bytes + 64, ahead + 64), TCodes.Load(fifth + 64), bit, codes + 1);
        Add(ref low, ref high, CacheLines.Load<TCodes, TFloats>(bytes + 128, ahead + 128), TCodes.Load(fifth + 128), bit, codes + 2);
        Add(ref low, ref high, CacheLines.Load<TCodes, TFloats>(bytes + 192, ahead + 192), TCodes.Load(fifth + 192), bit, codes + 3);
        upper = TCodes.Widen(high);
        return TCodes.Widen(low);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(ref TCodes low, ref TCodes high, TCodes pair, TCodes bits, int bit, int* codes)
        {
            TCodes nibble = TCodes.Broadcast(0x0f0f_0f0f);
            TCodes place = TCodes.Broadcast(0x1010_1010);
            bits >>>= bit;
            low = TCodes.DotNarrow(low, (pair & nibble) | ((bits << 4) & place), TCodes.Broadcast(codes[0]));
            high = TCodes.DotNarrow(high, ((pair >>> 4) & nibble) | ((bits << 3) & place), TCodes.Broadcast(codes[8]));
        }
    }
}
