using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Two 256-bit vectors; byte products through AVX-VNNI.</summary>
internal readonly unsafe struct CodeLanesVnni : ICodeLanes<CodeLanesVnni, Lanes256>
{
    private readonly Vector256<int> _a;
    private readonly Vector256<int> _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeLanesVnni(Vector256<int> a, Vector256<int> b)
    {
        _a = a;
        _b = b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator +(CodeLanesVnni left, CodeLanesVnni right) => new(left._a + right._a, left._b + right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator -(CodeLanesVnni left, CodeLanesVnni right) => new(left._a - right._a, left._b - right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator *(CodeLanesVnni left, CodeLanesVnni right) => new(left._a * right._a, left._b * right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator &(CodeLanesVnni left, CodeLanesVnni right) => new(left._a & right._a, left._b & right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator |(CodeLanesVnni left, CodeLanesVnni right) => new(left._a | right._a, left._b | right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator <<(CodeLanesVnni value, int count) => new(value._a << count, value._b << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni operator >>>(CodeLanesVnni value, int count) => new(value._a >>> count, value._b >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Broadcast(int value)
    {
        Vector256<int> all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Load(byte* source) => new(Vector256.Load((int*)source), Vector256.Load((int*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni LoadBytes(byte* source) => new(Avx2.ConvertToVector256Int32(source), Avx2.ConvertToVector256Int32(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni LoadSignedBytes(byte* source) =>
        new(Avx2.ConvertToVector256Int32((sbyte*)source), Avx2.ConvertToVector256Int32((sbyte*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalves(byte* source) => Lanes256.Of(HalfLanes.Load((short*)source), HalfLanes.Load((short*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBrainHalves(byte* source) => Lanes256.Of(
        (Avx2.ConvertToVector256Int32((ushort*)source) << 16).AsSingle(), (Avx2.ConvertToVector256Int32((ushort*)source + 8) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToSingle(CodeLanesVnni value) => Lanes256.Of(Avx.ConvertToVector256Single(value._a), Avx.ConvertToVector256Single(value._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Dot(CodeLanesVnni sum, CodeLanesVnni codes, CodeLanesVnni x) => new(
        AvxVnni.MultiplyWideningAndAdd(sum._a, codes._a.AsByte(), x._a.AsSByte()),
        AvxVnni.MultiplyWideningAndAdd(sum._b, codes._b.AsByte(), x._a.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni DotNarrow(CodeLanesVnni sum, CodeLanesVnni codes, CodeLanesVnni x) => Dot(sum, codes, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddNarrow(CodeLanesVnni left, CodeLanesVnni right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Widen(CodeLanesVnni sum) => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni LoadTable(byte* source)
    {
        Vector256<int> table = Avx2.BroadcastVector128ToVector256((int*)source);
        return new(table, table);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Lookup(CodeLanesVnni table, CodeLanesVnni nibbles) => new(
        Avx2.Shuffle(table._a.AsByte(), nibbles._a.AsByte()).AsInt32(), Avx2.Shuffle(table._a.AsByte(), nibbles._b.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Exceeds(CodeLanesVnni value, byte limit)
    {
        Vector256<byte> limits = Vector256.Create(limit);
        return new(
            Avx2.Min(Avx2.SubtractSaturate(value._a.AsByte(), limits), Vector256<byte>.One).AsInt32(),
            Avx2.Min(Avx2.SubtractSaturate(value._b.AsByte(), limits), Vector256<byte>.One).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddBytes(CodeLanesVnni left, CodeLanesVnni right) =>
        new((left._a.AsByte() + right._a.AsByte()).AsInt32(), (left._b.AsByte() + right._b.AsByte()).AsInt32());
}
