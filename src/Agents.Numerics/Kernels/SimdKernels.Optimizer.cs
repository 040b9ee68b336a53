using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Kernels.Optimizer;

namespace Agents.Numerics.Kernels;

/// <content>AdamW and the sum of squares, parallel over chunks of fixed length.</content>
public sealed unsafe partial class SimdKernels : IOptimizerKernels<float>
{
    /// <inheritdoc/>
    public void AdamW(float* parameters, float* gradients, float* first, float* second, long count, in AdamWStep step) =>
        RunItems(new AdamWKernel(parameters, gradients, first, second, count, step), Chunks(count, AdamWKernel.ChunkLength), 1);

    /// <inheritdoc/>
    public double SumOfSquares(float* values, long count)
    {
        int chunks = Chunks(count, SumOfSquaresKernel.ChunkLength);
        double* sums = ThreadWorkspace.Current.Plan<double>(chunks);
        RunItems(new SumOfSquaresKernel { Values = values, Count = count, Sums = sums }, chunks, 1);
        double total = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            total += sums[chunk];
        }

        return total;
    }

    private static int Chunks(long count, int length) => checked((int)((count + length - 1) / length));
}
