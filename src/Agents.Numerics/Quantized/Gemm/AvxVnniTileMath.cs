using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Tile kernels with the 256-bit byte dot products of AVX-VNNI.</summary>
internal readonly unsafe struct AvxVnniTileMath : ITileMath<Vector256<int>>
{
    /// <inheritdoc/>
    public static int Lanes => Vector256<int>.Count;

    /// <inheritdoc/>
    public static bool SplitsCodes => false;

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
        Vector256<byte> code0 = Vector256.Load(codes);
        Vector256<byte> code1 = Vector256.Load(codes + 64);
        Vector256<byte> code2 = Vector256.Load(codes + 128);
        Vector256<byte> code3 = Vector256.Load(codes + 192);
        first = AvxVnni.MultiplyWideningAndAdd(first, code0, Group(x, 0));
        second = AvxVnni.MultiplyWideningAndAdd(second, code0, Group(y, 0));
        first = AvxVnni.MultiplyWideningAndAdd(first, code1, Group(x, 1));
        second = AvxVnni.MultiplyWideningAndAdd(second, code1, Group(y, 1));
        first = AvxVnni.MultiplyWideningAndAdd(first, code2, Group(x, 2));
        second = AvxVnni.MultiplyWideningAndAdd(second, code2, Group(y, 2));
        first = AvxVnni.MultiplyWideningAndAdd(first, code3, Group(x, 3));
        second = AvxVnni.MultiplyWideningAndAdd(second, code3, Group(y, 3));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotPair(Vector256<int> sum, short* minimums, short* pair)
    {
        return AvxVnni.MultiplyWideningAndAdd(sum, Vector256.Load(minimums), Vector256.Create(*(int*)pair).AsInt16());
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
