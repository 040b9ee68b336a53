using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>One 512-bit vector; byte products through AVX-512 BW.</summary>
internal readonly unsafe struct CodeLanes512 : ICodeLanes<CodeLanes512, Lanes512>
{
    private readonly Vector512<int> _a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeLanes512(Vector512<int> a)
    {
        _a = a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator +(CodeLanes512 left, CodeLanes512 right) => new(left._a + right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator -(CodeLanes512 left, CodeLanes512 right) => new(left._a - right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator *(CodeLanes512 left, CodeLanes512 right) => new(left._a * right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator &(CodeLanes512 left, CodeLanes512 right) => new(left._a & right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator |(CodeLanes512 left, CodeLanes512 right) => new(left._a | right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator <<(CodeLanes512 value, int count) => new(value._a << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 operator >>>(CodeLanes512 value, int count) => new(value._a >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Broadcast(int value)
    {
        Vector512<int> all = Vector512.Create(value);
        return new(all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Load(byte* source) => new(Vector512.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 LoadBytes(byte* source) => new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 LoadSignedBytes(byte* source) => new(Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadHalves(byte* source) => Lanes512.Of(HalfLanes.LoadSixteen((short*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBrainHalves(byte* source) => Lanes512.Of((Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)source)) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ToSingle(CodeLanes512 value) => Lanes512.Of(Avx512F.ConvertToVector512Single(value._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Dot(CodeLanes512 sum, CodeLanes512 codes, CodeLanes512 x)
    {
        // Pairs of bytes up to 255 · 128 do not fit 16 bits, so even and odd bytes are widened first.
        Vector512<short> even = (codes._a & Vector512.Create(0x00ff_00ff)).AsInt16();
        Vector512<short> odd = (codes._a.AsUInt16() >>> 8).AsInt16();
        Vector512<short> xEven = (x._a.AsInt16() << 8) >> 8;
        Vector512<short> xOdd = x._a.AsInt16() >> 8;
        return new(sum._a + Avx512BW.MultiplyAddAdjacent(even, xEven) + Avx512BW.MultiplyAddAdjacent(odd, xOdd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 DotNarrow(CodeLanes512 sum, CodeLanes512 codes, CodeLanes512 x) =>
        new((sum._a.AsInt16() + Avx512BW.MultiplyAddAdjacent(codes._a.AsByte(), x._a.AsSByte())).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 AddNarrow(CodeLanes512 left, CodeLanes512 right) => new((left._a.AsInt16() + right._a.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Widen(CodeLanes512 sum) => new(Avx512BW.MultiplyAddAdjacent(sum._a.AsInt16(), Vector512<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 LoadTable(byte* source) => new(Avx512F.BroadcastVector128ToVector512((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Lookup(CodeLanes512 table, CodeLanes512 nibbles) => new(Avx512BW.Shuffle(table._a.AsByte(), nibbles._a.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Exceeds(CodeLanes512 value, byte limit) =>
        new(Avx512BW.Min(Avx512BW.SubtractSaturate(value._a.AsByte(), Vector512.Create(limit)), Vector512<byte>.One).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 AddBytes(CodeLanes512 left, CodeLanes512 right) => new((left._a.AsByte() + right._a.AsByte()).AsInt32());
}
