using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Loss;

/// <summary>Log-probability, log-sum-exp, chosen logit and entropy of one target per row; items are rows.</summary>
internal unsafe struct TokenStatisticsKernel : ILaneKernel
{
    public MatrixView<float> Logits;
    public int* Targets;
    public double InverseTemperature;
    public TokenStatistic* Statistics;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int row = first; row < first + count; row++)
        {
            int target = Targets[row];
            Statistics[row] = target < 0 ? default : Describe<TLanes, TDoubles>(Logits.Row(row), Logits.Columns, target, InverseTemperature);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TokenStatistic Describe<TLanes, TDoubles>(float* logits, int count, int target, double inverseTemperature)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        double maximum = VocabularyRow.Maximum<TLanes>(logits, count);
        double sum = VocabularyRow.Sums<TDoubles>(logits, count, maximum, inverseTemperature, out double moment);
        double logSum = Math.Log(sum);
        return new TokenStatistic(
            ((logits[target] - maximum) * inverseTemperature) - logSum,
            (maximum * inverseTemperature) + logSum,
            logits[target] * inverseTemperature,
            logSum - (moment / sum));
    }
}
