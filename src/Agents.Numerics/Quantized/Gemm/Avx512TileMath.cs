using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Tile kernels in AVX-512 without VNNI: bytes times bytes, summed in words. Sums of eight products of a nibble fit a word, and sums of four products of 6 bits.</summary>
internal readonly unsafe struct Avx512TileMath : ITileMath<Vector512<int>>
{
    /// <inheritdoc/>
    public static int Lanes => Vector512<int>.Count;

    /// <inheritdoc/>
    public static bool SplitsCodes => true;

    /// <inheritdoc/>
    public static Vector512<int> Fill(int value) => Vector512.Create(value);

    /// <inheritdoc/>
    public static Vector512<int> Load(void* source) => Vector512.Load((int*)source);

    /// <inheritdoc/>
    public static void Store(Vector512<int> value, void* target) => value.Store((int*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot(ref Vector512<int> first, ref Vector512<int> second, byte* codes, byte* high, bool wide, sbyte* x, sbyte* y)
    {
        Vector512<sbyte> x0 = Group(x, 0);
        Vector512<sbyte> y0 = Group(y, 0);
        Vector512<sbyte> x1 = Group(x, 1);
        Vector512<sbyte> y1 = Group(y, 1);
        Vector512<sbyte> x2 = Group(x, 2);
        Vector512<sbyte> y2 = Group(y, 2);
        Vector512<sbyte> x3 = Group(x, 3);
        Vector512<sbyte> y3 = Group(y, 3);
        Vector512<byte> code0 = Vector512.Load(codes);
        Vector512<byte> code1 = Vector512.Load(codes + 64);
        Vector512<byte> code2 = Vector512.Load(codes + 128);
        Vector512<byte> code3 = Vector512.Load(codes + 192);
        Vector512<short> one = Vector512<short>.One;
        if (wide)
        {
            first += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(code0, x0) + Avx512BW.MultiplyAddAdjacent(code1, x1), one);
            first += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(code2, x2) + Avx512BW.MultiplyAddAdjacent(code3, x3), one);
            second += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(code0, y0) + Avx512BW.MultiplyAddAdjacent(code1, y1), one);
            second += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(code2, y2) + Avx512BW.MultiplyAddAdjacent(code3, y3), one);
            return;
        }

        first += Avx512BW.MultiplyAddAdjacent(
            Avx512BW.MultiplyAddAdjacent(code0, x0) + Avx512BW.MultiplyAddAdjacent(code1, x1) + Avx512BW.MultiplyAddAdjacent(code2, x2) + Avx512BW.MultiplyAddAdjacent(code3, x3), one);
        second += Avx512BW.MultiplyAddAdjacent(
            Avx512BW.MultiplyAddAdjacent(code0, y0) + Avx512BW.MultiplyAddAdjacent(code1, y1) + Avx512BW.MultiplyAddAdjacent(code2, y2) + Avx512BW.MultiplyAddAdjacent(code3, y3), one);
        if (high != null)
        {
            Vector512<short> sixteen = Vector512.Create((short)16);
            code0 = Vector512.Load(high);
            code1 = Vector512.Load(high + 64);
            code2 = Vector512.Load(high + 128);
            code3 = Vector512.Load(high + 192);
            first += Avx512BW.MultiplyAddAdjacent(
                Avx512BW.MultiplyAddAdjacent(code0, x0) + Avx512BW.MultiplyAddAdjacent(code1, x1) + Avx512BW.MultiplyAddAdjacent(code2, x2) + Avx512BW.MultiplyAddAdjacent(code3, x3), sixteen);
            second += Avx512BW.MultiplyAddAdjacent(
                Avx512BW.MultiplyAddAdjacent(code0, y0) + Avx512BW.MultiplyAddAdjacent(code1, y1) + Avx512BW.MultiplyAddAdjacent(code2, y2) + Avx512BW.MultiplyAddAdjacent(code3, y3), sixteen);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> DotPair(Vector512<int> sum, short* minimums, short* pair)
    {
        return sum + Avx512BW.MultiplyAddAdjacent(Vector512.Load(minimums), Vector512.Create(*(int*)pair).AsInt16());
    }

    /// <inheritdoc/>
    public static Vector512<int> MultiplyAddIntegers(Vector512<int> a, Vector512<int> b, Vector512<int> c) => a + (b * c);

    /// <inheritdoc/>
    public static Vector512<int> Scale(Vector512<int> value, float* scale, float factor, Vector512<int> sum) =>
        Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(value), Vector512.Load(scale) * factor, sum.AsSingle()).AsInt32();

    /// <inheritdoc/>
    public static Vector512<int> ScaleConstant(float* scale, float factor, Vector512<int> sum) =>
        Vector512.FusedMultiplyAdd(Vector512.Load(scale), Vector512.Create(factor), sum.AsSingle()).AsInt32();

    private static Vector512<sbyte> Group(sbyte* x, int group) => Vector512.Create(((int*)x)[group]).AsSByte();
}
