namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Operands of a product with few columns, or of one with few rows seen from its other side.</summary>
internal unsafe struct NarrowProduct
{
    /// <summary>First element of a.</summary>
    public float* A;

    /// <summary>Elements of a between two rows and between two steps of k.</summary>
    public long RowStep, DepthStep;

    /// <summary>b as [k, 16], padded with zeros.</summary>
    public float* B;

    /// <summary>First element of c.</summary>
    public float* C;

    /// <summary>Elements of c between two rows and between two columns.</summary>
    public long ResultRowStep, ResultColumnStep;

    /// <summary>Rows and columns of c, and length of the chains.</summary>
    public int Rows, Columns, Depth;

    /// <summary>Whether the chains start from c instead of 0.</summary>
    public bool Accumulate;
}
