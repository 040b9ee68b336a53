using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>One 512-bit vector of doubles (AVX-512).</summary>
internal readonly unsafe struct DoubleLanes512 : IDoubleLanes<DoubleLanes512>
{
    private readonly Vector512<double> _a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DoubleLanes512(Vector512<double> a)
    {
        _a = a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 operator +(DoubleLanes512 left, DoubleLanes512 right) => new(left._a + right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 operator -(DoubleLanes512 left, DoubleLanes512 right) => new(left._a - right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 operator *(DoubleLanes512 left, DoubleLanes512 right) => new(left._a * right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 operator /(DoubleLanes512 left, DoubleLanes512 right) => new(left._a / right._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 Broadcast(double value)
    {
        Vector512<double> all = Vector512.Create(value);
        return new(all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 Widen(float* source) => new(Avx512F.ConvertToVector512Double(Vector256.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(DoubleLanes512 value, float* target) => Vector256.Store(Avx512F.ConvertToVector256Single(value._a), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 MultiplyAdd(DoubleLanes512 a, DoubleLanes512 b, DoubleLanes512 c) => new(Vector512.FusedMultiplyAdd(a._a, b._a, c._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 SelectLess(DoubleLanes512 left, DoubleLanes512 right, DoubleLanes512 yes, DoubleLanes512 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._a, right._a), yes._a, no._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes512 AddExponent(DoubleLanes512 value, DoubleLanes512 steps) =>
        new((value._a.AsInt64() + (steps._a.AsInt64() << 52)).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double First(DoubleLanes512 value) => value._a.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Fold(DoubleLanes512 value)
    {
        Vector256<double> four = value._a.GetLower() + value._a.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }
}
