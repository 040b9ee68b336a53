using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Four 128-bit vectors of doubles; any machine.</summary>
internal readonly unsafe struct DoubleLanes128 : IDoubleLanes<DoubleLanes128>
{
    private readonly Vector128<double> _a;
    private readonly Vector128<double> _b;
    private readonly Vector128<double> _c;
    private readonly Vector128<double> _d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DoubleLanes128(Vector128<double> a, Vector128<double> b, Vector128<double> c, Vector128<double> d)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator +(DoubleLanes128 left, DoubleLanes128 right) => new(left._a + right._a, left._b + right._b, left._c + right._c, left._d + right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator -(DoubleLanes128 left, DoubleLanes128 right) => new(left._a - right._a, left._b - right._b, left._c - right._c, left._d - right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator *(DoubleLanes128 left, DoubleLanes128 right) => new(left._a * right._a, left._b * right._b, left._c * right._c, left._d * right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator /(DoubleLanes128 left, DoubleLanes128 right) => new(left._a / right._a, left._b / right._b, left._c / right._c, left._d / right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Broadcast(double value)
    {
        Vector128<double> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Widen(float* source)
    {
        (Vector128<double> a, Vector128<double> b) = Vector128.Widen(Vector128.Load(source));
        (Vector128<double> c, Vector128<double> d) = Vector128.Widen(Vector128.Load(source + 4));
        return new(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(DoubleLanes128 value, float* target)
    {
        Vector128.Store(Vector128.Narrow(value._a, value._b), target);
        Vector128.Store(Vector128.Narrow(value._c, value._d), target + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 MultiplyAdd(DoubleLanes128 a, DoubleLanes128 b, DoubleLanes128 c) => new(Vector128.FusedMultiplyAdd(a._a, b._a, c._a), Vector128.FusedMultiplyAdd(a._b, b._b, c._b), Vector128.FusedMultiplyAdd(a._c, b._c, c._c), Vector128.FusedMultiplyAdd(a._d, b._d, c._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 SelectLess(DoubleLanes128 left, DoubleLanes128 right, DoubleLanes128 yes, DoubleLanes128 no) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left._a, right._a), yes._a, no._a), Vector128.ConditionalSelect(Vector128.LessThan(left._b, right._b), yes._b, no._b), Vector128.ConditionalSelect(Vector128.LessThan(left._c, right._c), yes._c, no._c), Vector128.ConditionalSelect(Vector128.LessThan(left._d, right._d), yes._d, no._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 AddExponent(DoubleLanes128 value, DoubleLanes128 steps) =>
        new((value._a.AsInt64() + (steps._a.AsInt64() << 52)).AsDouble(), (value._b.AsInt64() + (steps._b.AsInt64() << 52)).AsDouble(), (value._c.AsInt64() + (steps._c.AsInt64() << 52)).AsDouble(), (value._d.AsInt64() + (steps._d.AsInt64() << 52)).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double First(DoubleLanes128 value) => value._a.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Fold(DoubleLanes128 value)
    {
        Vector128<double> two = (value._a + value._c) + (value._b + value._d);
        return two.ToScalar() + two.GetElement(1);
    }
}
