using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Multiplies all rows of a product with few columns; a chunk is a range of rows.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal struct NarrowBody<TMath, TVector> : IComputeBody
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>The product.</summary>
    public NarrowProduct Product;

    /// <summary>Rows in one chunk, a multiple of 12.</summary>
    public int RowsPerChunk;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int first = chunk * RowsPerChunk;
        NarrowKernel<TMath, TVector>.Multiply(Product, first, Math.Min(Product.Rows, first + RowsPerChunk));
    }
}
