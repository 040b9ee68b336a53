namespace Agents.Numerics.Kernels.Matrix;

/// <summary>How operands lie in memory while they are multiplied. The same for every instruction level, so packed weights can be shared between them.</summary>
internal static class PanelLayout
{
    /// <summary>Columns of c per panel of b: a panel is [k, 32], padded with zeros. Two AVX-512 registers.</summary>
    public const int Width = 32;

    /// <summary>Rows of c per strip of a: a strip is [k, 12], padded with zeros. 12 × 2 accumulators leave 8 of 32 registers for operands.</summary>
    public const int Height = 12;

    /// <summary>Steps of k per cache block: a panel block (32 KiB) stays in the level-1 cache while the strips pass by.</summary>
    public const int Depth = 256;

    /// <summary>Rows packed at a time (3 MiB per block of a).</summary>
    public const int MaximumRows = 256 * Height;

    /// <summary>Columns packed at a time (4 MiB per block of b).</summary>
    public const int MaximumColumns = 128 * Width;

    /// <summary>Returns the steps of k per block when blocks should be nearly equal: 257 is cut into 132 and 125, not 256 and 1.</summary>
    /// <param name="depth">Length of the chains, at least 1.</param>
    public static int EvenDepth(int depth)
    {
        int blocks = (int)(((long)depth + Depth - 1) / Depth);
        return ((int)(((long)depth + blocks - 1) / blocks) + 3) / 4 * 4;
    }

    /// <summary>Returns how many panels hold some columns.</summary>
    public static int Panels(int columns) => (int)(((long)columns + Width - 1) / Width);

    /// <summary>Returns how many strips hold some rows.</summary>
    public static int Strips(int rows) => (int)(((long)rows + Height - 1) / Height);
}
