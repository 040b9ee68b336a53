namespace Agents.Numerics.Formats.Search;

/// <summary>Rounds the values of a block with its stored scale.</summary>
internal static class SignedCodes
{
    /// <summary>Replaces the codes of a block; a scale of 0 keeps them.</summary>
    /// <param name="values">The block.</param>
    /// <param name="scale">Stored scale, with a sign.</param>
    /// <param name="levels">n, half the number of codes.</param>
    /// <param name="codes">The codes -n .. n-1, stored with n added.</param>
    public static void Round(ReadOnlySpan<float> values, float scale, int levels, Span<byte> codes)
    {
        if (scale == 0)
        {
            return;
        }

        for (int index = 0; index < values.Length; index++)
        {
            codes[index] = (byte)(levels + NearestInteger.Clamped(values[index] / scale, -levels, levels - 1));
        }
    }
}
