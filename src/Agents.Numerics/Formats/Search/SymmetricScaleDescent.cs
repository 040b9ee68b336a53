namespace Agents.Numerics.Formats.Search;

/// <summary>
/// The scale s and the codes l in -n .. n-1 of a block with about the least sum of w(x - s l)², w = x², by changing one code at a time
/// (papers/00-quantization-baselines §5, encoder of Q3_K): with A = Σ w x l and B = Σ w l², a change is kept when A²/B grows.
/// </summary>
internal static class SymmetricScaleDescent
{
    private const int Sweeps = 5;

    /// <summary>Searches the scale of one block.</summary>
    /// <param name="values">The block.</param>
    /// <param name="codes">Receives l + n; zeros for a block of zeros.</param>
    /// <param name="levels">n, half the number of codes.</param>
    /// <returns>The scale, with a sign; 0 for a block of zeros.</returns>
    public static float Find(ReadOnlySpan<float> values, Span<byte> codes, int levels)
    {
        float extreme = SymmetricScaleSearch.Extreme(values);
        codes.Clear();
        if (MathF.Abs(extreme) < SymmetricScaleSearch.Negligible)
        {
            return 0;
        }

        float inverse = -levels / extreme;
        float product = 0;
        float square = 0;
        for (int index = 0; index < values.Length; index++)
        {
            float value = values[index];
            float weight = value * value;
            int code = NearestInteger.Clamped(inverse * value, -levels, levels - 1);
            codes[index] = (byte)(code + levels);
            product += weight * value * code;
            square += weight * code * code;
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool changed = false;
            for (int index = 0; index < values.Length; index++)
            {
                changed |= Improve(values[index], ref codes[index], levels, ref product, ref square);
            }

            if (!changed)
            {
                break;
            }
        }

        return square > 0 ? product / square : 0;
    }

    private static bool Improve(float value, ref byte stored, int levels, ref float product, ref float square)
    {
        int code = stored - levels;
        float weight = value * value;
        float others = product - (weight * value * code);
        if (!(others > 0))
        {
            return false;
        }

        float otherSquares = square - (weight * code * code);
        int changed = NearestInteger.Clamped(value * otherSquares / others, -levels, levels - 1);
        if (changed == code)
        {
            return false;
        }

        others += weight * value * changed;
        otherSquares += weight * changed * changed;
        if (!(otherSquares > 0 && others * others * square > product * product * otherSquares))
        {
            return false;
        }

        stored = (byte)(changed + levels);
        product = others;
        square = otherSquares;
        return true;
    }
}
