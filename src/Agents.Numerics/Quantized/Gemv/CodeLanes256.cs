using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Two 256-bit vectors; byte products through AVX2.</summary>
internal readonly unsafe struct CodeLanes256 : ICodeLanes<CodeLanes256, Lanes256>
{
    private readonly Vector256<int> _a;
    private readonly Vector256<int> _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeLanes256(Vector256<int> a, Vector256<int> b)
    {
        _a = a;
        _b = b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator +(CodeLanes256 left, CodeLanes256 right) => new(left._a + right._a, left._b + right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator -(CodeLanes256 left, CodeLanes256 right) => new(left._a - right._a, left._b - right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator *(CodeLanes256 left, CodeLanes256 right) => new(left._a * right._a, left._b * right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator &(CodeLanes256 left, CodeLanes256 right) => new(left._a & right._a, left._b & right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator |(CodeLanes256 left, CodeLanes256 right) => new(left._a | right._a, left._b | right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator <<(CodeLanes256 value, int count) => new(value._a << count, value._b << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 operator >>>(CodeLanes256 value, int count) => new(value._a >>> count, value._b >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Broadcast(int value)
    {
        Vector256<int> all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Load(byte* source) => new(Vector256.Load((int*)source), Vector256.Load((int*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 LoadBytes(byte* source) => new(Avx2.ConvertToVector256Int32(source), Avx2.ConvertToVector256Int32(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 LoadSignedBytes(byte* source) =>
        new(Avx2.ConvertToVector256Int32((sbyte*)source), Avx2.ConvertToVector256Int32((sbyte*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalves(byte* source) => Lanes256.Of(HalfLanes.Load((short*)source), HalfLanes.Load((short*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBrainHalves(byte* source) => Lanes256.Of(
        (Avx2.ConvertToVector256Int32((ushort*)source) << 16).AsSingle(), (Avx2.ConvertToVector256Int32((ushort*)source + 8) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToSingle(CodeLanes256 value) => Lanes256.Of(Avx.ConvertToVector256Single(value._a), Avx.ConvertToVector256Single(value._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Dot(CodeLanes256 sum, CodeLanes256 codes, CodeLanes256 x)
    {
        // Pairs of bytes up to 255 · 128 do not fit 16 bits, so even and odd bytes are widened first.
        Vector256<short> xEven = (x._a.AsInt16() << 8) >> 8;
        Vector256<short> xOdd = x._a.AsInt16() >> 8;
        return new(
            sum._a + Avx2.MultiplyAddAdjacent(Even(codes._a), xEven) + Avx2.MultiplyAddAdjacent(Odd(codes._a), xOdd),
            sum._b + Avx2.MultiplyAddAdjacent(Even(codes._b), xEven) + Avx2.MultiplyAddAdjacent(Odd(codes._b), xOdd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 DotNarrow(CodeLanes256 sum, CodeLanes256 codes, CodeLanes256 x) => new(
        (sum._a.AsInt16() + Avx2.MultiplyAddAdjacent(codes._a.AsByte(), x._a.AsSByte())).AsInt32(),
        (sum._b.AsInt16() + Avx2.MultiplyAddAdjacent(codes._b.AsByte(), x._a.AsSByte())).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 AddNarrow(CodeLanes256 left, CodeLanes256 right) =>
        new((left._a.AsInt16() + right._a.AsInt16()).AsInt32(), (left._b.AsInt16() + right._b.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Widen(CodeLanes256 sum) => new(
        Avx2.MultiplyAddAdjacent(sum._a.AsInt16(), Vector256<short>.One), Avx2.MultiplyAddAdjacent(sum._b.AsInt16(), Vector256<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 LoadTable(byte* source)
    {
        Vector256<int> table = Avx2.BroadcastVector128ToVector256((int*)source);
        return new(table, table);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Lookup(CodeLanes256 table, CodeLanes256 nibbles) => new(
        Avx2.Shuffle(table._a.AsByte(), nibbles._a.AsByte()).AsInt32(), Avx2.Shuffle(table._a.AsByte(), nibbles._b.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Exceeds(CodeLanes256 value, byte limit)
    {
        Vector256<byte> limits = Vector256.Create(limit);
        return new(
            Avx2.Min(Avx2.SubtractSaturate(value._a.AsByte(), limits), Vector256<byte>.One).AsInt32(),
            Avx2.Min(Avx2.SubtractSaturate(value._b.AsByte(), limits), Vector256<byte>.One).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 AddBytes(CodeLanes256 left, CodeLanes256 right) =>
        new((left._a.AsByte() + right._a.AsByte()).AsInt32(), (left._b.AsByte() + right._b.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Even(Vector256<int> codes) => (codes & Vector256.Create(0x00ff_00ff)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Odd(Vector256<int> codes) => (codes.AsUInt16() >>> 8).AsInt16();
}
