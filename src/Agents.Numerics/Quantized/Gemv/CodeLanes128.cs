using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Four 128-bit vectors; any machine.</summary>
internal readonly unsafe struct CodeLanes128 : ICodeLanes<CodeLanes128, Lanes128>
{
    private readonly Vector128<int> _a;
    private readonly Vector128<int> _b;
    private readonly Vector128<int> _c;
    private readonly Vector128<int> _d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeLanes128(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator +(CodeLanes128 left, CodeLanes128 right) =>
        new(left._a + right._a, left._b + right._b, left._c + right._c, left._d + right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator -(CodeLanes128 left, CodeLanes128 right) =>
        new(left._a - right._a, left._b - right._b, left._c - right._c, left._d - right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator *(CodeLanes128 left, CodeLanes128 right) =>
        new(left._a * right._a, left._b * right._b, left._c * right._c, left._d * right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator &(CodeLanes128 left, CodeLanes128 right) =>
        new(left._a & right._a, left._b & right._b, left._c & right._c, left._d & right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator |(CodeLanes128 left, CodeLanes128 right) =>
        new(left._a | right._a, left._b | right._b, left._c | right._c, left._d | right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator <<(CodeLanes128 value, int count) =>
        new(value._a << count, value._b << count, value._c << count, value._d << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 operator >>>(CodeLanes128 value, int count) =>
        new(value._a >>> count, value._b >>> count, value._c >>> count, value._d >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Broadcast(int value)
    {
        Vector128<int> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Load(byte* source) =>
        new(Vector128.Load((int*)source), Vector128.Load((int*)source + 4), Vector128.Load((int*)source + 8), Vector128.Load((int*)source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 LoadBytes(byte* source)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load(source));
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(lower);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(upper);
        return new(a.AsInt32(), b.AsInt32(), c.AsInt32(), d.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 LoadSignedBytes(byte* source)
    {
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(Vector128.Load((sbyte*)source));
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(lower);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(upper);
        return new(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHalves(byte* source)
    {
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(Vector128.Load((short*)source));
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(Vector128.Load((short*)source + 8));
        return Lanes128.Of(HalfLanes.Widen(a), HalfLanes.Widen(b), HalfLanes.Widen(c), HalfLanes.Widen(d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBrainHalves(byte* source)
    {
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(Vector128.Load((ushort*)source));
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(Vector128.Load((ushort*)source + 8));
        return Lanes128.Of((a << 16).AsSingle(), (b << 16).AsSingle(), (c << 16).AsSingle(), (d << 16).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ToSingle(CodeLanes128 value) => Lanes128.Of(
        Vector128.ConvertToSingle(value._a), Vector128.ConvertToSingle(value._b), Vector128.ConvertToSingle(value._c), Vector128.ConvertToSingle(value._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Dot(CodeLanes128 sum, CodeLanes128 codes, CodeLanes128 x)
    {
        // A product of up to 255 · 128 fits 16 bits, a sum of two does not.
        Vector128<short> xEven = (x._a.AsInt16() << 8) >> 8;
        Vector128<short> xOdd = x._a.AsInt16() >> 8;
        return new(
            sum._a + Pairs(Even(codes._a) * xEven) + Pairs(Odd(codes._a) * xOdd),
            sum._b + Pairs(Even(codes._b) * xEven) + Pairs(Odd(codes._b) * xOdd),
            sum._c + Pairs(Even(codes._c) * xEven) + Pairs(Odd(codes._c) * xOdd),
            sum._d + Pairs(Even(codes._d) * xEven) + Pairs(Odd(codes._d) * xOdd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 DotNarrow(CodeLanes128 sum, CodeLanes128 codes, CodeLanes128 x)
    {
        Vector128<short> xEven = (x._a.AsInt16() << 8) >> 8;
        Vector128<short> xOdd = x._a.AsInt16() >> 8;
        return new(
            (sum._a.AsInt16() + (Even(codes._a) * xEven) + (Odd(codes._a) * xOdd)).AsInt32(),
            (sum._b.AsInt16() + (Even(codes._b) * xEven) + (Odd(codes._b) * xOdd)).AsInt32(),
            (sum._c.AsInt16() + (Even(codes._c) * xEven) + (Odd(codes._c) * xOdd)).AsInt32(),
            (sum._d.AsInt16() + (Even(codes._d) * xEven) + (Odd(codes._d) * xOdd)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddNarrow(CodeLanes128 left, CodeLanes128 right) => new(
        (left._a.AsInt16() + right._a.AsInt16()).AsInt32(),
        (left._b.AsInt16() + right._b.AsInt16()).AsInt32(),
        (left._c.AsInt16() + right._c.AsInt16()).AsInt32(),
        (left._d.AsInt16() + right._d.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Widen(CodeLanes128 sum) =>
        new(Pairs(sum._a.AsInt16()), Pairs(sum._b.AsInt16()), Pairs(sum._c.AsInt16()), Pairs(sum._d.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 LoadTable(byte* source)
    {
        Vector128<int> table = Vector128.Load((int*)source);
        return new(table, table, table, table);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Lookup(CodeLanes128 table, CodeLanes128 nibbles)
    {
        Vector128<byte> entries = table._a.AsByte();
        return new(
            Vector128.Shuffle(entries, nibbles._a.AsByte()).AsInt32(),
            Vector128.Shuffle(entries, nibbles._b.AsByte()).AsInt32(),
            Vector128.Shuffle(entries, nibbles._c.AsByte()).AsInt32(),
            Vector128.Shuffle(entries, nibbles._d.AsByte()).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Exceeds(CodeLanes128 value, byte limit) =>
        new(Exceeds(value._a, limit), Exceeds(value._b, limit), Exceeds(value._c, limit), Exceeds(value._d, limit));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddBytes(CodeLanes128 left, CodeLanes128 right) => new(
        (left._a.AsByte() + right._a.AsByte()).AsInt32(),
        (left._b.AsByte() + right._b.AsByte()).AsInt32(),
        (left._c.AsByte() + right._c.AsByte()).AsInt32(),
        (left._d.AsByte() + right._d.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Exceeds(Vector128<int> value, byte limit) =>
        (Vector128.GreaterThan(value.AsByte(), Vector128.Create(limit)) & Vector128<byte>.One).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Even(Vector128<int> codes) => (codes & Vector128.Create(0x00ff_00ff)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Odd(Vector128<int> codes) => (codes.AsUInt16() >>> 8).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pairs(Vector128<short> values) => ((values.AsInt32() << 16) >> 16) + (values.AsInt32() >> 16);
}
