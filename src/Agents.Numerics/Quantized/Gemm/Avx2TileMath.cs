using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Tile kernels in AVX2 without VNNI: bytes times bytes, summed in words. A nibble times 127 fits a sum of eight.</summary>
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
    public static Vector256<int> Dot(Vector256<int> sum, byte* codes, byte* high, sbyte* x)
    {
        Vector256<short> low = Avx2.MultiplyAddAdjacent(Vector256.Load(codes), Group(x, 0));
        low += Avx2.MultiplyAddAdjacent(Vector256.Load(codes + 64), Group(x, 1));
        low += Avx2.MultiplyAddAdjacent(Vector256.Load(codes + 128), Group(x, 2));
        low += Avx2.MultiplyAddAdjacent(Vector256.Load(codes + 192), Group(x, 3));
        sum += Avx2.MultiplyAddAdjacent(low, Vector256<short>.One);
        if (high != null)
        {
            Vector256<short> upper = Avx2.MultiplyAddAdjacent(Vector256.Load(high), Group(x, 0));
            upper += Avx2.MultiplyAddAdjacent(Vector256.Load(high + 64), Group(x, 1));
            upper += Avx2.MultiplyAddAdjacent(Vector256.Load(high + 128), Group(x, 2));
            upper += Avx2.MultiplyAddAdjacent(Vector256.Load(high + 192), Group(x, 3));
            sum += Avx2.MultiplyAddAdjacent(upper, Vector256.Create((short)16));
        }

        return sum;
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
