using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Tile kernels in AVX-512 without VNNI: bytes times bytes, summed in words. A nibble times 127 fits a sum of eight.</summary>
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
    public static Vector512<int> Dot(Vector512<int> sum, byte* codes, byte* high, sbyte* x)
    {
        Vector512<short> low = Avx512BW.MultiplyAddAdjacent(Vector512.Load(codes), Group(x, 0));
        low += Avx512BW.MultiplyAddAdjacent(Vector512.Load(codes + 64), Group(x, 1));
        low += Avx512BW.MultiplyAddAdjacent(Vector512.Load(codes + 128), Group(x, 2));
        low += Avx512BW.MultiplyAddAdjacent(Vector512.Load(codes + 192), Group(x, 3));
        sum += Avx512BW.MultiplyAddAdjacent(low, Vector512<short>.One);
        if (high != null)
        {
            Vector512<short> upper = Avx512BW.MultiplyAddAdjacent(Vector512.Load(high), Group(x, 0));
            upper += Avx512BW.MultiplyAddAdjacent(Vector512.Load(high + 64), Group(x, 1));
            upper += Avx512BW.MultiplyAddAdjacent(Vector512.Load(high + 128), Group(x, 2));
            upper += Avx512BW.MultiplyAddAdjacent(Vector512.Load(high + 192), Group(x, 3));
            sum += Avx512BW.MultiplyAddAdjacent(upper, Vector512.Create((short)16));
        }

        return sum;
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
