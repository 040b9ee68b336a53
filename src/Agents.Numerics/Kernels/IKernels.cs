using Agents.Numerics.Quantized;

namespace Agents.Numerics.Kernels;

/// <summary>
/// Every numeric operation of the decoder and its backward pass. Models and trainers are generic over <typeparamref name="T"/>: float with vector kernels
/// for speed, double with the scalar reference for gradient checks. Calls run on the caller's thread and the compute pool; they allocate nothing.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IKernels<T> : IMatrixKernels<T>, IActivationKernels<T>, IAttentionKernels<T>, ILossKernels<T>, IOptimizerKernels<T>
    where T : unmanaged
{
    /// <summary>Gets the products with weights in their stored format; null where there are none (double).</summary>
    IQuantizedKernels? Quantized => null;
}
