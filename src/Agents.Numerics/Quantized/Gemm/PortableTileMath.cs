using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Tile kernels in portable 128-bit vectors.</summary>
internal readonly unsafe struct PortableTileMath : ITileMath<Vector128<int>>
{
    /// <inheritdoc/>
    public static int Lanes => Vector128<int>.Count;

    /// <inheritdoc/>
    public static bool SplitsCodes => false;

    /// <inheritdoc/>
    public static Vector128<int> Fill(int value) => Vector128.Create(value);

    /// <inheritdoc/>
    public static Vector128<int> Load(void* source) => Vector128.Load((int*)source);

    /// <inheritdoc/>
    public static void Store(Vector128<int> value, void* target) => value.Store((int*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot(ref Vector128<int> first, ref Vector128<int> second, byte* codes, byte* high, bool wide, sbyte* x, sbyte* y)
    {
        // A byte times a signed byte fits a word; words at even places are sign-extended by shifts.
        Vector128<ushort> bytes = Vector128.Create((ushort)255);
        for (int group = 0; group < 4; group++)
        {
            Vector128<ushort> code = Vector128.Load((ushort*)(codes + (64 * group)));
            Vector128<short> even = (code & bytes).AsInt16();
            Vector128<short> odd = (code >> 8).AsInt16();
            first += Pairs(even, odd, Vector128.Create(((int*)x)[group]).AsInt16());
            second += Pairs(even, odd, Vector128.Create(((int*)y)[group]).AsInt16());
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotPair(Vector128<int> sum, short* minimums, short* pair)
    {
        Vector128<int> value = Vector128.Load((int*)minimums);
        return sum + (((value << 16) >> 16) * pair[0]) + ((value >> 16) * pair[1]);
    }

    /// <inheritdoc/>
    public static Vector128<int> MultiplyAddIntegers(Vector128<int> a, Vector128<int> b, Vector128<int> c) => a + (b * c);

    /// <inheritdoc/>
    public static Vector128<int> Scale(Vector128<int> value, float* scale, float factor, Vector128<int> sum) =>
        Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(value), Vector128.Load(scale) * factor, sum.AsSingle()).AsInt32();

    /// <inheritdoc/>
    public static Vector128<int> ScaleConstant(float* scale, float factor, Vector128<int> sum) =>
        Vector128.FusedMultiplyAdd(Vector128.Load(scale), Vector128.Create(factor), sum.AsSingle()).AsInt32();

    private static Vector128<int> Pairs(Vector128<short> even, Vector128<short> odd, Vector128<short> q)
    {
        Vector128<int> first = (even * ((q << 8) >> 8)).AsInt32();
        Vector128<int> second = (odd * (q >> 8)).AsInt32();
        return ((first << 16) >> 16) + (first >> 16) + ((second << 16) >> 16) + (second >> 16);
    }
}
