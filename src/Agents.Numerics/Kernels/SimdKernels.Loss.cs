using Agents.Numerics.Kernels.Loss;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Token statistics, their gradient and softmax, parallel over rows; exponentials and sums in double.</content>
public sealed unsafe partial class SimdKernels : ILossKernels<float>
{
    /// <inheritdoc/>
    public void TokenStatistics(MatrixView<float> logits, int* targets, double inverseTemperature, TokenStatistic* statistics)
    {
        TokenStatisticsKernel kernel = new() { Logits = logits, Targets = targets, InverseTemperature = inverseTemperature, Statistics = statistics };
        RunItems(kernel, logits.Rows, RowsPerChunk(logits.Columns));
    }

    /// <inheritdoc/>
    public void TokenStatisticsBackward(
        MatrixView<float> logits, int* targets, double inverseTemperature, TokenStatistic* statistics, TokenStatistic* gradients)
    {
        TokenStatisticsBackwardKernel kernel = new()
        {
            Logits = logits,
            Targets = targets,
            InverseTemperature = inverseTemperature,
            Statistics = statistics,
            Gradients = gradients,
        };
        RunItems(kernel, logits.Rows, RowsPerChunk(logits.Columns));
    }

    /// <inheritdoc/>
    public void Softmax(MatrixView<float> logits, double inverseTemperature) =>
        RunItems(new SoftmaxKernel { Logits = logits, InverseTemperature = inverseTemperature }, logits.Rows, RowsPerChunk(logits.Columns));
}
