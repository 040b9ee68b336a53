using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats.Search;

/// <summary>
/// The scale s, the minimum m and the codes l in 0..n of a block with about the least weighted error of s l + m - x
/// (papers/00-quantization-baselines §5, "qkx2"): plain rounding first, then inverse scales (n + start + step i)/(hi - m), each followed by
/// the weighted least squares fit of s and m to its codes; a better candidate's m is the m of the following ones.
/// </summary>
/// <remarks>
/// Eight candidates lie in the lanes of a vector and elements are added one after the other, so every sum has the order of the plain loop,
/// and its bits. They share one m, so after a candidate has won, those behind it are computed again.
/// </remarks>
/// <param name="levels">n, the largest code.</param>
/// <param name="start">Added to n for the first candidate.</param>
/// <param name="steps">Number of candidates less one; a step is a tenth.</param>
/// <param name="absolute">Whether the error is Σ w|e| instead of Σ w e².</param>
internal readonly struct AffineScaleSearch(int levels, float start, int steps, bool absolute)
{
    private const int Lanes = 8;
    private const float Step = 0.1f;

    /// <summary>Elements of the longest block.</summary>
    public const int LongestBlock = 32;

    /// <summary>Searches scale and minimum of one block.</summary>
    /// <param name="values">The block.</param>
    /// <param name="weights">How much each error counts, at least 0.</param>
    /// <param name="codes">Receives the codes of the kept candidate.</param>
    /// <param name="offset">Receives -m, at least 0.</param>
    /// <returns>The scale; 0 for a block of equal values.</returns>
    public float Find(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, Span<byte> codes, out float offset)
    {
        float low = values[0];
        float high = values[0];
        float weightSum = weights[0];
        float valueSum = weights[0] * values[0];
        for (int index = 1; index < values.Length; index++)
        {
            low = values[index] < low ? values[index] : low;
            high = values[index] > high ? values[index] : high;
            weightSum += weights[index];
            valueSum += weights[index] * values[index];
        }

        low = low > 0 ? 0 : low;
        float inverse = levels / (high - low);
        if (high == low || float.IsInfinity(inverse))
        {
            codes.Clear();
            offset = -low;
            return 0;
        }

        Candidate best = new(1 / inverse, low, inverse, low, 0);
        best = best with { Error = PlainError(values, weights, best) };
        Batch batch = new(weightSum, valueSum);
        for (int candidate = 0; candidate <= steps;)
        {
            int taken = TakeBatch(values, weights, batch, candidate, high, ref best);
            candidate += taken;
        }

        for (int index = 0; index < values.Length; index++)
        {
            codes[index] = (byte)NearestInteger.Clamped(best.Inverse * (values[index] - best.RoundedFrom), 0, levels);
        }

        offset = -best.Minimum;
        return best.Scale;
    }

    private float PlainError(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, Candidate plain)
    {
        float error = 0;
        for (int index = 0; index < values.Length; index++)
        {
            int code = NearestInteger.Clamped(plain.Inverse * (values[index] - plain.RoundedFrom), 0, levels);
            float difference = (plain.Scale * code) + plain.Minimum - values[index];
            error += weights[index] * (absolute ? MathF.Abs(difference) : difference * difference);
        }

        return error;
    }

    /// <summary>Computes eight candidates with the present minimum and keeps the first one that is better than the best so far.</summary>
    /// <returns>How many candidates are settled.</returns>
    private int TakeBatch(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, Batch sums, int candidate, float high, ref Candidate best)
    {
        Vector256<float> index = Vector256.Create((float)candidate) + Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        Vector256<float> inverse = (Vector256.Create(start) + (Vector256.Create(Step) * index) + Vector256.Create((float)levels)) / (high - best.Minimum);
        Span<float> rounded = stackalloc float[LongestBlock * Lanes];
        Vector256<float> codeSum = Vector256<float>.Zero;
        Vector256<float> squareSum = Vector256<float>.Zero;
        Vector256<float> productSum = Vector256<float>.Zero;
        Vector256<float> maximum = Vector256.Create((float)levels);
        for (int i = 0; i < values.Length; i++)
        {
            Vector256<float> code = NearestInteger.Clamped(inverse * (values[i] - best.Minimum), Vector256<float>.Zero, maximum);
            code.StoreUnsafe(ref rounded[i * Lanes]);
            Vector256<float> weighted = code * weights[i];
            codeSum += weighted;
            squareSum += weighted * code;
            productSum += weighted * values[i];
        }

        Vector256<float> determinant = (squareSum * sums.Weights) - (codeSum * codeSum);
        Vector256<float> scale = ((productSum * sums.Weights) - (codeSum * sums.Values)) / determinant;
        Vector256<float> minimum = ((squareSum * sums.Values) - (codeSum * productSum)) / determinant;
        Vector256<float> positive = Vector256.GreaterThan(minimum, Vector256<float>.Zero);
        minimum = Vector256.AndNot(minimum, positive);
        scale = Vector256.ConditionalSelect(positive, productSum / squareSum, scale);
        Vector256<float> error = Errors(values, weights, rounded, scale, minimum);
        Vector256<float> better = Vector256.LessThan(error, Vector256.Create(best.Error)) & Vector256.GreaterThan(determinant, Vector256<float>.Zero);
        int count = Math.Min(Lanes, steps + 1 - candidate);
        uint found = better.ExtractMostSignificantBits() & ((1u << count) - 1);
        if (found == 0)
        {
            return count;
        }

        int lane = System.Numerics.BitOperations.TrailingZeroCount(found);
        best = new Candidate(scale[lane], minimum[lane], inverse[lane], best.Minimum, error[lane]);
        return lane + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Errors(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, ReadOnlySpan<float> rounded, Vector256<float> scale, Vector256<float> minimum)
    {
        Vector256<float> error = Vector256<float>.Zero;
        for (int i = 0; i < values.Length; i++)
        {
            Vector256<float> code = Vector256.LoadUnsafe(in rounded[i * Lanes]);
            Vector256<float> difference = (scale * code) + minimum - Vector256.Create(values[i]);
            Vector256<float> size = absolute ? Vector256.Abs(difference) : difference * difference;
            error += size * weights[i];
        }

        return error;
    }

    /// <summary>Sums over a block that all its candidates share.</summary>
    private readonly record struct Batch(float Weights, float Values);

    /// <summary>A fit and the rounding that its codes came from.</summary>
    private readonly record struct Candidate(float Scale, float Minimum, float Inverse, float RoundedFrom, float Error);
}
