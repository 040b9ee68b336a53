using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Q2_K: two bits, scale and minimum of 4 bits for every 16.</summary>
internal readonly unsafe struct Q2KDot : IPanelDot
{
    /// <inheritdoc/>
    public static int BlockElements => 256;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int* codes = (int*)x.Codes;
        TCodes nibble = TCodes.Broadcast(15);
        TCodes products = TCodes.Broadcast(0);
        TCodes minimums = TCodes.Broadcast(0);
        for (int part = 0; part < 16; part++)
        {
            minimums += (TCodes.LoadBytes(panel.Second + (16 * part)) >>> 4) * TCodes.Broadcast(x.Sums[part]);
        }

        // Sixteen elements of each of four sub-blocks share their bytes: half of the block, and which 16 of 32.
        for (int quarter = 0; quarter < 4; quarter++)
        {
            byte* bytes = panel.Third + (256 * quarter);
            TCodes b0 = TCodes.Load(bytes);
            TCodes b1 = TCodes.Load(bytes + 64);
            TCodes b2 = TCodes.Load(bytes + 128);
            TCodes b3 = TCodes.Load(bytes + 192);
            int part = (8 * (quarter >> 1)) + (quarter & 1);
            byte* scales = panel.Second + (16 * part);
            int* at = codes + (4 * part);
            products += (TCodes.LoadBytes(scales) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0, b1, b2, b3, at);
            products += (TCodes.LoadBytes(scales + 32) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0 >>> 2, b1 >>> 2, b2 >>> 2, b3 >>> 2, at + 8);
            products += (TCodes.LoadBytes(scales + 64) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0 >>> 4, b1 >>> 4, b2 >>> 4, b3 >>> 4, at + 16);
            products += (TCodes.LoadBytes(scales + 96) & nibble) * TwoBits.Dot<TCodes, TFloats>(b0 >>> 6, b1 >>> 6, b2 >>> 6, b3 >>> 6, at + 24);
        }

        TFloats scale = TFloats.Broadcast(*x.Scale);
        sum = TFloats.MultiplyAdd(TCodes.ToSingle(products), TCodes.LoadHalves(panel.Scales) * scale, sum);
        return TFloats.MultiplyAdd(TCodes.ToSingle(minimums), TCodes.LoadHalves(panel.Scales + 32) * (TFloats.Broadcast(-*x.Scale)), sum);
    }
}
