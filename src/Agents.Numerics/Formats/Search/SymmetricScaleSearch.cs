using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats.Search;

/// <summary>
/// The scale s and the codes l in -n .. n-1 of a block with about the least sum of w(x - s l)², w = x² (papers/00-quantization-baselines §5, "qx"):
/// inverse scales -(n + i/10)/v for i = -9..9, v the value of largest magnitude, each followed by the best scale for its codes.
/// </summary>
/// <remarks>Candidates lie in lanes and elements are added one after the other, so every sum has the order of the plain loop, and its bits.</remarks>
internal static class SymmetricScaleSearch
{
    /// <summary>Blocks of smaller values are stored as zeros.</summary>
    public const float Negligible = 1e-15f;

    private const int Lanes = 8;
    private const int Candidates = 18;

    /// <summary>Searches the scale of one block.</summary>
    /// <param name="values">The block.</param>
    /// <param name="codes">Receives l + n for the kept candidate; zeros for a block of zeros.</param>
    /// <param name="levels">n, half the number of codes.</param>
    /// <returns>The scale, with a sign; 0 for a block of zeros.</returns>
    public static float Find(ReadOnlySpan<float> values, Span<byte> codes, int levels)
    {
        float extreme = Extreme(values);
        if (MathF.Abs(extreme) < Negligible)
        {
            codes.Clear();
            return 0;
        }

        Span<float> inverses = stackalloc float[3 * Lanes];
        Span<float> products = stackalloc float[3 * Lanes];
        Span<float> squares = stackalloc float[3 * Lanes];
        inverses.Fill(-levels / extreme);
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            int step = candidate < 9 ? candidate - 9 : candidate - 8;
            inverses[candidate + 1] = -(levels + (0.1f * step)) / extreme;
        }

        for (int first = 0; first < inverses.Length; first += Lanes)
        {
            Sum(values, levels, ref inverses[first], ref products[first], ref squares[first]);
        }

        int kept = 0;
        float scale = squares[0] == 0 ? 0 : products[0] / squares[0];
        float best = scale * products[0];
        for (int candidate = 1; candidate <= Candidates; candidate++)
        {
            if (squares[candidate] > 0 && products[candidate] * products[candidate] > best * squares[candidate])
            {
                kept = candidate;
                scale = products[candidate] / squares[candidate];
                best = scale * products[candidate];
            }
        }

        for (int index = 0; index < values.Length; index++)
        {
            codes[index] = (byte)(levels + NearestInteger.Clamped(inverses[kept] * values[index], -levels, levels - 1));
        }

        return scale;
    }

    /// <summary>The first value of largest magnitude, with its sign.</summary>
    /// <param name="values">At least one value.</param>
    public static float Extreme(ReadOnlySpan<float> values)
    {
        float extreme = 0;
        float largest = 0;
        foreach (float value in values)
        {
            float magnitude = MathF.Abs(value);
            if (magnitude > largest)
            {
                largest = magnitude;
                extreme = value;
            }
        }

        return extreme;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum(ReadOnlySpan<float> values, int levels, ref float inverses, ref float products, ref float squares)
    {
        Vector256<float> inverse = Vector256.LoadUnsafe(ref inverses);
        Vector256<float> minimum = Vector256.Create((float)-levels);
        Vector256<float> maximum = Vector256.Create((float)(levels - 1));
        Vector256<float> product = Vector256<float>.Zero;
        Vector256<float> square = Vector256<float>.Zero;
        foreach (float value in values)
        {
            float weight = value * value;
            Vector256<float> code = NearestInteger.Clamped(inverse * value, minimum, maximum);
            product += code * (weight * value);
            square += (code * weight) * code;
        }

        product.StoreUnsafe(ref products);
        square.StoreUnsafe(ref squares);
    }
}
