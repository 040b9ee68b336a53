namespace Agents.Numerics.Formats.Search;

/// <summary>The sixteen levels of IQ4_NL and the nearest one to a value.</summary>
internal static class NonlinearLevels
{
    private const int Lowest = -128;

    /// <summary>For every whole number from -128 on the level nearest to it, so that one comparison settles the values up to the next.</summary>
    private static readonly byte[] NearestAt = CreateNearest();

    private static readonly float[] UpperEdges = CreateEdges();

    /// <summary>Gets the levels, rising.</summary>
    public static ReadOnlySpan<sbyte> Values => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Returns the index of the level nearest to a value; half-way values go up.</summary>
    /// <param name="value">Any value but NaN.</param>
    public static int Nearest(float value)
    {
        float inside = float.MaxNative(float.MinNative(value, 127f), Lowest);
        int at = NearestAt[(int)(inside - Lowest)];
        return inside >= UpperEdges[at] ? at + 1 : at;
    }

    private static byte[] CreateNearest()
    {
        var nearest = new byte[256];
        float[] edges = CreateEdges();
        for (int index = 0; index < nearest.Length; index++)
        {
            int level = 0;
            while (index + Lowest >= edges[level])
            {
                level++;
            }

            nearest[index] = (byte)level;
        }

        return nearest;
    }

    private static float[] CreateEdges()
    {
        var edges = new float[Values.Length];
        for (int level = 0; level + 1 < edges.Length; level++)
        {
            edges[level] = (Values[level] + Values[level + 1]) / 2f;
        }

        edges[^1] = float.PositiveInfinity;
        return edges;
    }
}
