namespace Agents.Numerics.Kernels.Attention;

/// <summary>A small matrix of weights that can be read by rows or by columns: weight (i, k) lies at <c>Data[i * RowStride + k * Step]</c>.</summary>
internal readonly unsafe struct TileWeights(float* data, int rowStride, int step)
{
    /// <summary>First weight.</summary>
    public readonly float* Data = data;

    /// <summary>Elements from one target row to the next.</summary>
    public readonly int RowStride = rowStride;

    /// <summary>Elements from one value row to the next.</summary>
    public readonly int Step = step;

    /// <summary>The weights from some target row on.</summary>
    public TileWeights From(int row) => new(Data + ((long)row * RowStride), RowStride, Step);
}
