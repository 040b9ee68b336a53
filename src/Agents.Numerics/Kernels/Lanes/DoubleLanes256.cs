using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Two 256-bit vectors of doubles (AVX2 with FMA).</summary>
internal readonly unsafe struct DoubleLanes256 : IDoubleLanes<DoubleLanes256>
{
    private readonly Vector256<double> _a;
    private readonly Vector256<double> _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DoubleLanes256(Vector256<double> a, Vector256<double> b)
    {
        _a = a;
        _b = b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator +(DoubleLanes256 left, DoubleLanes256 right) => new(left._a + right._a, left._b + right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator -(DoubleLanes256 left, DoubleLanes256 right) => new(left._a - right._a, left._b - right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator *(DoubleLanes256 left, DoubleLanes256 right) => new(left._a * right._a, left._b * right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator /(DoubleLanes256 left, DoubleLanes256 right) => new(left._a / right._a, left._b / right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Broadcast(double value)
    {
        Vector256<double> all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Widen(float* source) => new(Avx.ConvertToVector256Double(Vector128.Load(source)), Avx.ConvertToVector256Double(Vector128.Load(source + 4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(DoubleLanes256 value, float* target)
    {
        Vector128.Store(Avx.ConvertToVector128Single(value._a), target);
        Vector128.Store(Avx.ConvertToVector128Single(value._b), target + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 MultiplyAdd(DoubleLanes256 a, DoubleLanes256 b, DoubleLanes256 c) => new(Vector256.FusedMultiplyAdd(a._a, b._a, c._a), Vector256.FusedMultiplyAdd(a._b, b._b, c._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 SelectLess(DoubleLanes256 left, DoubleLanes256 right, DoubleLanes256 yes, DoubleLanes256 no) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._a, right._a), yes._a, no._a), Vector256.ConditionalSelect(Vector256.LessThan(left._b, right._b), yes._b, no._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 AddExponent(DoubleLanes256 value, DoubleLanes256 steps) =>
        new((value._a.AsInt64() + (steps._a.AsInt64() << 52)).AsDouble(), (value._b.AsInt64() + (steps._b.AsInt64() << 52)).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double First(DoubleLanes256 value) => value._a.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Fold(DoubleLanes256 value)
    {
        Vector256<double> four = value._a + value._b;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }
}
