using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Four 128-bit vectors; any machine.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Lanes128>
{
    private readonly Vector128<float> _a;
    private readonly Vector128<float> _b;
    private readonly Vector128<float> _c;
    private readonly Vector128<float> _d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    public static bool HasLargeTiles => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left._a + right._a, left._b + right._b, left._c + right._c, left._d + right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left._a - right._a, left._b - right._b, left._c - right._c, left._d - right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left._a * right._a, left._b * right._b, left._c * right._c, left._d * right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) => new(left._a / right._a, left._b / right._b, left._c / right._c, left._d / right._d);

    /// <summary>Sixteen floats from their vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Of(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) => new(a, b, c, d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value)
    {
        Vector128<float> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHalves(ushort* source)
    {
        Vector128<short> low = Vector128.Load((short*)source);
        Vector128<short> high = Vector128.Load((short*)source + 8);
        return new(
            WidenHalves(Vector128.WidenLower(low)),
            WidenHalves(Vector128.WidenUpper(low)),
            WidenHalves(Vector128.WidenLower(high)),
            WidenHalves(Vector128.WidenUpper(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBytes(sbyte* source)
    {
        Vector128<sbyte> bytes = Vector128.Load(source);
        Vector128<short> low = Vector128.WidenLower(bytes);
        Vector128<short> high = Vector128.WidenUpper(bytes);
        return new(
            Vector128.ConvertToSingle(Vector128.WidenLower(low)),
            Vector128.ConvertToSingle(Vector128.WidenUpper(low)),
            Vector128.ConvertToSingle(Vector128.WidenLower(high)),
            Vector128.ConvertToSingle(Vector128.WidenUpper(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, float* target)
    {
        Vector128.Store(value._a, target);
        Vector128.Store(value._b, target + 4);
        Vector128.Store(value._c, target + 8);
        Vector128.Store(value._d, target + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(Vector128.FusedMultiplyAdd(a._a, b._a, c._a), Vector128.FusedMultiplyAdd(a._b, b._b, c._b), Vector128.FusedMultiplyAdd(a._c, b._c, c._c), Vector128.FusedMultiplyAdd(a._d, b._d, c._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left._a, right._a), Vector128.MaxNative(left._b, right._b), Vector128.MaxNative(left._c, right._c), Vector128.MaxNative(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SquareRoot(Lanes128 value) => new(Vector128.Sqrt(value._a), Vector128.Sqrt(value._b), Vector128.Sqrt(value._c), Vector128.Sqrt(value._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectLess(Lanes128 left, Lanes128 right, Lanes128 yes, Lanes128 no) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left._a, right._a), yes._a, no._a), Vector128.ConditionalSelect(Vector128.LessThan(left._b, right._b), yes._b, no._b), Vector128.ConditionalSelect(Vector128.LessThan(left._c, right._c), yes._c, no._c), Vector128.ConditionalSelect(Vector128.LessThan(left._d, right._d), yes._d, no._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddExponent(Lanes128 value, Lanes128 steps) =>
        new((value._a.AsInt32() + (steps._a.AsInt32() << 23)).AsSingle(), (value._b.AsInt32() + (steps._b.AsInt32() << 23)).AsSingle(), (value._c.AsInt32() + (steps._c.AsInt32() << 23)).AsSingle(), (value._d.AsInt32() + (steps._d.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Lanes128 value)
    {
        Vector128<float> four = (value._a + value._c) + (value._b + value._d);
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two.ToScalar() + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes128 value)
    {
        Vector128<float> four = Vector128.MaxNative(Vector128.MaxNative(value._a, value._c), Vector128.MaxNative(value._b, value._d));
        Vector128<float> two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Vector128.MaxNative(two, Vector128.CreateScalar(two.GetElement(1))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> WidenHalves(Vector128<int> halves)
    {
        // See Lanes512.
        Vector128<int> bits = (halves << 13) & Vector128.Create(HalfBits.ShiftedMask);
        Vector128<int> special = Vector128.GreaterThan(halves & Vector128.Create(HalfBits.Magnitude), Vector128.Create(HalfBits.Infinity));
        return ((bits.AsSingle() * Vector128.Create(HalfBits.Rebias)).AsInt32() | (special & Vector128.Create(HalfBits.SingleNaN))).AsSingle();
    }
}
