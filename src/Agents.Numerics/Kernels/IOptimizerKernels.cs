namespace Agents.Numerics.Kernels;

/// <summary>Updates and norms over flat parameter arrays.</summary>
/// <typeparam name="T">Element type.</typeparam>
public unsafe interface IOptimizerKernels<T>
    where T : unmanaged
{
    /// <summary>One AdamW update: m and v decay towards g and g², then p ← p − lr·(m̂ / (√v̂ + ε) + wd·p).</summary>
    /// <param name="parameters">[count], updated.</param>
    /// <param name="gradients">[count].</param>
    /// <param name="first">[count], first moments, updated.</param>
    /// <param name="second">[count], second moments, updated.</param>
    /// <param name="count">Number of parameters.</param>
    /// <param name="step">Constants.</param>
    void AdamW(T* parameters, T* gradients, T* first, T* second, long count, in AdamWStep step);

    /// <summary>Σ x², summed in double over fixed chunks, so the result does not depend on the thread count.</summary>
    /// <param name="values">[count].</param>
    /// <param name="count">Number of values.</param>
    double SumOfSquares(T* values, long count);
}
