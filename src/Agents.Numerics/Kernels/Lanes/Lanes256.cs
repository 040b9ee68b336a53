using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Two 256-bit vectors (AVX2 with FMA).</summary>
internal readonly unsafe struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<float> _a;
    private readonly Vector256<float> _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<float> a, Vector256<float> b)
    {
        _a = a;
        _b = b;
    }

    public static bool HasLargeTiles => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._a + right._a, left._b + right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._a - right._a, left._b - right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._a * right._a, left._b * right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left._a / right._a, left._b / right._b);

    /// <summary>Sixteen floats from their vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Of(Vector256<float> a, Vector256<float> b) => new(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value)
    {
        Vector256<float> all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalves(ushort* source) => new(WidenHalves(Vector128.Load((short*)source)), WidenHalves(Vector128.Load((short*)source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBytes(sbyte* source)
    {
        Vector128<sbyte> bytes = Vector128.Load(source);
        return new(
            Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(bytes)),
            Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Vector128.Shuffle(bytes.AsInt64(), Vector128.Create(1L, 1L)).AsSByte())));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, float* target)
    {
        Vector256.Store(value._a, target);
        Vector256.Store(value._b, target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.FusedMultiplyAdd(a._a, b._a, c._a), Vector256.FusedMultiplyAdd(a._b, b._b, c._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left._a, right._a), Vector256.MaxNative(left._b, right._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SquareRoot(Lanes256 value) => new(Vector256.Sqrt(value._a), Vector256.Sqrt(value._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectLess(Lanes256 left, Lanes256 right, Lanes256 yes, Lanes256 no) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._a, right._a), yes._a, no._a), Vector256.ConditionalSelect(Vector256.LessThan(left._b, right._b), yes._b, no._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddExponent(Lanes256 value, Lanes256 steps) =>
        new((value._a.AsInt32() + (steps._a.AsInt32() << 23)).AsSingle(), (value._b.AsInt32() + (steps._b.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Lanes256 value)
    {
        Vector256<float> eight = value._a + value._b;
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two.ToScalar() + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256 value)
    {
        Vector256<float> eight = Vector256.MaxNative(value._a, value._b);
        Vector128<float> four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
        Vector128<float> two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Vector128.MaxNative(two, Vector128.CreateScalar(two.GetElement(1))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenHalves(Vector128<short> source)
    {
        // See Lanes512.
        Vector256<int> halves = Avx2.ConvertToVector256Int32(source);
        Vector256<int> bits = (halves << 13) & Vector256.Create(HalfBits.ShiftedMask);
        Vector256<int> special = Vector256.GreaterThan(halves & Vector256.Create(HalfBits.Magnitude), Vector256.Create(HalfBits.Infinity));
        return ((bits.AsSingle() * Vector256.Create(HalfBits.Rebias)).AsInt32() | (special & Vector256.Create(HalfBits.SingleNaN))).AsSingle();
    }
}
