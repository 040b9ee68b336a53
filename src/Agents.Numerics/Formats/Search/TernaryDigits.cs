namespace Agents.Numerics.Formats.Search;

/// <summary>Rounds blocks to -1, 0, 1 times their largest magnitude.</summary>
internal static class TernaryDigits
{
    /// <summary>Rounds one block.</summary>
    /// <param name="values">The block.</param>
    /// <param name="trits">Receives x/d rounded half away from zero, plus 1.</param>
    /// <returns>d, the largest magnitude.</returns>
    public static float Round(ReadOnlySpan<float> values, Span<byte> trits)
    {
        float scale = MathF.Abs(SymmetricScaleSearch.Extreme(values));
        float inverse = BlockRange.Inverse(scale);
        for (int index = 0; index < values.Length; index++)
        {
            float scaled = values[index] * inverse;
            trits[index] = (byte)(scaled >= 0.5f ? 2 : scaled <= -0.5f ? 0 : 1);
        }

        return scale;
    }
}
