using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Loss;

/// <summary>Softmax of each row in place; items are rows.</summary>
internal unsafe struct SoftmaxKernel : ILaneKernel
{
    public MatrixView<float> Logits;
    public double InverseTemperature;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int row = first; row < first + count; row++)
        {
            Normalize<TLanes, TDoubles>(Logits.Row(row), Logits.Columns, InverseTemperature);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Normalize<TLanes, TDoubles>(float* logits, int count, double inverseTemperature)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        double maximum = VocabularyRow.Maximum<TLanes>(logits, count);
        double sum = VocabularyRow.Sums<TDoubles>(logits, count, maximum, inverseTemperature, out _);
        TDoubles shift = TDoubles.Broadcast(maximum);
        TDoubles inverse = TDoubles.Broadcast(inverseTemperature);
        TDoubles divisor = TDoubles.Broadcast(sum);
        int column = 0;
        for (; column + 8 <= count; column += 8)
        {
            TDoubles.Narrow(Exponential.OfDouble((TDoubles.Widen(logits + column) - shift) * inverse) / divisor, logits + column);
        }

        for (; column < count; column++)
        {
            logits[column] = (float)(Exponential.OfDouble((logits[column] - maximum) * inverseTemperature) / sum);
        }
    }
}
