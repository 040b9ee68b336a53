using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Activations;

/// <summary>Rounds rows of activations in vectors of 256 bits (or two of 128), blocks of 32 also in vectors of 512, with the bits of <see cref="ScalarRounding"/>.</summary>
internal static unsafe class RowRounding
{
    private const int Magnitude = 0x7fff_ffff;
    private const int Infinity = 0x7f80_0000;

    /// <summary>2^−14; smaller halves have fewer digits.</summary>
    private const float SmallestNormalHalf = 6.103515625e-05f;

    /// <summary>Halfway between the largest half and the next power of two: from here on, rounding gives infinity.</summary>
    private const float FirstInfiniteHalf = 65520f;

    /// <summary>Rounds one row.</summary>
    /// <param name="x">The values.</param>
    /// <param name="target">Rows that have been made ready.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="wide">Whether vectors of 512 bits may be used.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* x, QuantizedRows target, int row, bool wide)
    {
        int blocks = target.BlocksPerRow;
        sbyte* codes = target.Codes + ((long)row * target.CodeStride);
        long first = (long)row * blocks;
        float* scales = target.Scales + first;
        if (target.Format == ActivationFormat.Block256)
        {
            int* sums = target.Sums + (first * 16);
            for (int block = 0; block < blocks; block++)
            {
                scales[block] = Block256(x + ((long)block * 256), codes + ((long)block * 256), sums + (block * 16));
            }

            return;
        }

        int* blockSums = target.Sums + first;
        float* scaledSums = target.Format == ActivationFormat.Block32WithSum ? target.ScaledSums + first : null;
        for (int block = 0; block < blocks; block++)
        {
            float d = wide
                ? Block32Wide(x + ((long)block * 32), codes + ((long)block * 32), out blockSums[block], out scales[block])
                : Block32(x + ((long)block * 32), codes + ((long)block * 32), out blockSums[block], out scales[block]);
            if (scaledSums != null)
            {
                scaledSums[block] = RoundToHalf(d * blockSums[block]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Block32(float* x, sbyte* codes, out int sum, out float scale)
    {
        Vector256<float> x0 = Vector256.Load(x);
        Vector256<float> x1 = Vector256.Load(x + 8);
        Vector256<float> x2 = Vector256.Load(x + 16);
        Vector256<float> x3 = Vector256.Load(x + 24);
        int largest = Largest(Vector256.Max(Vector256.Max(Bits(x0), Bits(x1)), Vector256.Max(Bits(x2), Bits(x3))));
        float magnitude = BitConverter.Int32BitsToSingle(largest);
        float inverse = ScalarRounding.LargestCode / magnitude;
        if (largest >= Infinity || !float.IsFinite(inverse))
        {
            return ScalarRounding.Block32(x, codes, out sum, out scale);
        }

        float d = magnitude / ScalarRounding.LargestCode;
        scale = RoundToHalf(d);
        Vector256<int> q0 = Round(x0, inverse);
        Vector256<int> q1 = Round(x1, inverse);
        Vector256<int> q2 = Round(x2, inverse);
        Vector256<int> q3 = Round(x3, inverse);
        sum = Vector256.Sum((q0 + q1) + (q2 + q3));
        Vector256.Narrow(Vector256.Narrow(q0, q1), Vector256.Narrow(q2, q3)).Store(codes);
        return d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Block32Wide(float* x, sbyte* codes, out int sum, out float scale)
    {
        Vector512<float> x0 = Vector512.Load(x);
        Vector512<float> x1 = Vector512.Load(x + 16);
        Vector512<int> mask = Vector512.Create(Magnitude);
        Vector512<int> most = Vector512.Max(x0.AsInt32() & mask, x1.AsInt32() & mask);
        int largest = Largest(Vector256.Max(most.GetLower(), most.GetUpper()));
        float magnitude = BitConverter.Int32BitsToSingle(largest);
        float inverse = ScalarRounding.LargestCode / magnitude;
        if (largest >= Infinity || !float.IsFinite(inverse))
        {
            return ScalarRounding.Block32(x, codes, out sum, out scale);
        }

        float d = magnitude / ScalarRounding.LargestCode;
        scale = RoundToHalf(d);

        // The conversion rounds to nearest, ties to even.
        Vector512<int> q0 = Avx512F.ConvertToVector512Int32(x0 * inverse);
        Vector512<int> q1 = Avx512F.ConvertToVector512Int32(x1 * inverse);
        Avx512F.ConvertToVector128SByteWithSaturation(q0).Store(codes);
        Avx512F.ConvertToVector128SByteWithSaturation(q1).Store(codes + 16);
        sum = Vector512.Sum(q0 + q1);
        return d;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Block256(float* x, sbyte* codes, int* sums)
    {
        Vector256<int> most = default;
        for (int i = 0; i < 256; i += 8)
        {
            most = Vector256.Max(most, Bits(Vector256.Load(x + i)));
        }

        int largest = Largest(most);
        float inverse = -ScalarRounding.LargestCode / BitConverter.Int32BitsToSingle(largest);
        if (largest >= Infinity || !float.IsFinite(inverse))
        {
            return ScalarRounding.Block256(x, codes, sums);
        }

        int first = 0;
        uint equal;
        while ((equal = Vector256.Equals(Bits(Vector256.Load(x + first)), Vector256.Create(largest)).ExtractMostSignificantBits()) == 0)
        {
            first += 8;
        }

        // The sign of the first largest value; dividing by it or by its magnitude gives the same digits.
        inverse = float.IsNegative(x[first + System.Numerics.BitOperations.TrailingZeroCount(equal)]) ? -inverse : inverse;
        Vector256<int> limit = Vector256.Create((int)ScalarRounding.LargestCode);
        for (int i = 0; i < 256; i += 32)
        {
            Vector256<int> q0 = Vector256.Min(Round(Vector256.Load(x + i), inverse), limit);
            Vector256<int> q1 = Vector256.Min(Round(Vector256.Load(x + i + 8), inverse), limit);
            Vector256<int> q2 = Vector256.Min(Round(Vector256.Load(x + i + 16), inverse), limit);
            Vector256<int> q3 = Vector256.Min(Round(Vector256.Load(x + i + 24), inverse), limit);
            sums[i / 16] = Vector256.Sum(q0 + q1);
            sums[(i / 16) + 1] = Vector256.Sum(q2 + q3);
            Vector256.Narrow(Vector256.Narrow(q0, q1), Vector256.Narrow(q2, q3)).Store(codes + i);
        }

        return 1f / inverse;
    }

    // Magnitudes compare like integers, and so anything that is not finite is above everything that is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Bits(Vector256<float> value) => value.AsInt32() & Vector256.Create(Magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Largest(Vector256<int> values)
    {
        Vector128<int> four = Vector128.Max(values.GetLower(), values.GetUpper());
        Vector128<int> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(two.ToScalar(), two.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<float> value, float inverse) =>
        Vector256.ConvertToInt32Native(Vector256.Round(value * inverse, MidpointRounding.ToEven));

    /// <summary>The nearest half, ties to even, as a single.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float RoundToHalf(float value)
    {
        float magnitude = MathF.Abs(value);
        if (magnitude is >= SmallestNormalHalf and < FirstInfiniteHalf)
        {
            uint bits = BitConverter.SingleToUInt32Bits(value);
            return BitConverter.UInt32BitsToSingle((bits + 0xfff + ((bits >> 13) & 1)) & ~0x1fffu);
        }

        return Float16Conversion.ToSingle(Float16Conversion.FromSingle(value));
    }
}
