namespace Agents.Numerics.Formats.Search;

/// <summary>
/// The scale s and the levels T of a block with about the least sum of w(x - s T)², w = x² (papers/00-quantization-baselines §5, IQ4_NL).
/// </summary>
internal static class NonlinearScaleSearch
{
    private const int Tries = 7;

    /// <summary>Searches the scale of one block.</summary>
    /// <param name="values">The block.</param>
    /// <param name="codes">Receives the indices of the levels.</param>
    /// <param name="search">Whether several inverse scales are tried, and the codes rounded anew with the kept scale.</param>
    /// <returns>The scale, with a sign; 0 for a block of zeros.</returns>
    public static float Find(ReadOnlySpan<float> values, Span<byte> codes, bool search)
    {
        float extreme = SymmetricScaleSearch.Extreme(values);
        if (MathF.Abs(extreme) < SymmetricScaleSearch.Negligible)
        {
            codes.Fill((byte)NonlinearLevels.Nearest(0));
            return 0;
        }

        float edge = NonlinearLevels.Values[0];
        float inverse = 1 / (search ? -extreme / edge : extreme / edge);
        Sums sums = Sum(values, inverse);
        float scale = sums.Products / sums.Squares;
        float best = scale * sums.Products;
        if (search)
        {
            for (int step = -Tries; step <= Tries; step++)
            {
                sums = Sum(values, (step + edge) / extreme);
                if (sums.Squares > 0 && sums.Products * sums.Products > best * sums.Squares)
                {
                    scale = sums.Products / sums.Squares;
                    best = scale * sums.Products;
                }
            }

            inverse = BlockRange.Inverse(scale);
        }

        for (int index = 0; index < values.Length; index++)
        {
            codes[index] = (byte)NonlinearLevels.Nearest(inverse * values[index]);
        }

        return scale;
    }

    private static Sums Sum(ReadOnlySpan<float> values, float inverse)
    {
        float products = 0;
        float squares = 0;
        ReadOnlySpan<sbyte> levels = NonlinearLevels.Values;
        foreach (float value in values)
        {
            float level = levels[NonlinearLevels.Nearest(inverse * value)];
            float weight = value * value;
            products += weight * level * value;
            squares += weight * level * level;
        }

        return new Sums(products, squares);
    }

    /// <summary>Σ w T x and Σ w T².</summary>
    private readonly record struct Sums(float Products, float Squares);
}
