using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Tile kernels in AVX2 without VNNI: bytes times bytes, summed in words. Sums of eight products of a nibble fit a word, and sums of four products of 6 bits.</summary>
internal readonly unsafe struct Avx2TileMath : ITileMath<Vector256<int>>
{
    /// <inheritdoc/>
    public static int Lanes => Vector256<int>.Count;

    /// <inheritdoc/>
    public static bool SplitsCodes => true;

    /// <inheritdoc/>
    public static Vector256<int> Fill(int value) => Vector256.Create(value);

    /// <inheritdoc/>
    public static Vector256<int> Load(void* source) => Vector256.Load((int*)source);

    /// <inheritdoc/>
    public static void Store(Vector256<int> value, void* target) => value.Store((int*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot(ref Vector256<int> first, ref Vector256<int> second, byte* codes, byte* high, bool wide, sbyte* x, sbyte* y)
    {
        Vector256<sbyte> x0 = Group(x, 0);
        Vector256<sbyte> y0 = Group(y, 0);
        Vector256<sbyte> x1 = Group(x, 1);
        Vector256<sbyte> y1 = Group(y, 1);
        Vector256<sbyte> x2 = Group(x, 2);
        Vector256<sbyte> y2 = Group(y, 2);
        Vector256<sbyte> x3 = Group(x, 3);
        Vector256<sbyte> y3 = Group(y, 3);
        Vector256<byte> code0 = Vector256.Load(codes);
        Vector256<byte> code1 = Vector256.Load(codes + 64);
        Vector256<byte> code2 = Vector256.Load(codes + 128);
        Vector256<byte> code3 = Vector256.Load(codes + 192);
        Vector256<short> one = Vector256<short>.One;
        if (wide)
        {
            first += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(code0, x0) + Avx2.MultiplyAddAdjacent(code1, x1), one);
            first += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(code2, x2) + Avx2.MultiplyAddAdjacent(code3, x3), one);
            second += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(code0, y0) + Avx2.MultiplyAddAdjacent(code1, y1), one);
            second += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(code2, y2) + Avx2.MultiplyAddAdjacent(code3, y3), one);
            return;
        }

        first += Avx2.MultiplyAddAdjacent(
            Avx2.MultiplyAddAdjacent(code0, x0) + Avx2.MultiplyAddAdjacent(code1, x1) + Avx2.MultiplyAddAdjacent(code2, x2) + Avx2.MultiplyAddAdjacent(code3, x3), one);
        second += Avx2.MultiplyAddAdjacent(
            Avx2.MultiplyAddAdjacent(code0, y0) + Avx2.MultiplyAddAdjacent(code1, y1) + Avx2.MultiplyAddAdjacent(code2, y2) + Avx2.MultiplyAddAdjacent(code3, y3), one);
        if (high != null)
        {
            Vector256<short> sixteen = Vector256.Create((short)16);
            code0 = Vector256.Load(high);
            code1 = Vector256.Load(high + 64);
            code2 = Vector256.Load(high + 128);
            code3 = Vector256.Load(high + 192);
            first += Avx2.MultiplyAddAdjacent(
                Avx2.MultiplyAddAdjacent(code0, x0) + Avx2.MultiplyAddAdjacent(code1, x1) + Avx2.MultiplyAddAdjacent(code2, x2) + Avx2.MultiplyAddAdjacent(code3, x3), sixteen);
            second += Avx2.MultiplyAddAdjacent(
                Avx2.MultiplyAddAdjacent(code0, y0) + Avx2.MultiplyAddAdjacent(code1, y1) + Avx2.MultiplyAddAdjacent(code2, y2) + Avx2.MultiplyAddAdjacent(code3, y3), sixteen);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotPair(Vector256<int> sum, short* minimums, short* pair)
    {
        return sum + Avx2.MultiplyAddAdjacent(Vector256.Load(minimums), Vector256.Create(*(int*)pair).AsInt16());
    }

    /// <inheritdoc/>
    public static Vector256<int> MultiplyAddIntegers(Vector256<int> a, Vector256<int> b, Vector256<int> c) => a + (b * c);

    /// <inheritdoc/>
    public static Vector256<int> Scale(Vector256<int> value, float* scale, float factor, Vector256<int> sum) =>
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(value), Vector256.Load(scale) * factor, sum.AsSingle()).AsInt32();

    /// <inheritdoc/>
    public static Vector256<int> ScaleConstant(float* scale, float factor, Vector256<int> sum) =>
        Vector256.FusedMultiplyAdd(Vector256.Load(scale), Vector256.Create(factor), sum.AsSingle()).AsInt32();

    private static Vector256<sbyte> Group(sbyte* x, int group) => Vector256.Create(((int*)x)[group]).AsSByte();
}
