using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Loss;

/// <summary>Replaces logits by the gradient of the loss, given its gradient by each statistic; items are rows.</summary>
internal unsafe struct TokenStatisticsBackwardKernel : ILaneKernel
{
    public MatrixView<float> Logits;
    public int* Targets;
    public double InverseTemperature;
    public TokenStatistic* Statistics;
    public TokenStatistic* Gradients;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        float* buffer = stackalloc float[8];
        int columns = Logits.Columns;
        for (int row = first; row < first + count; row++)
        {
            float* logits = Logits.Row(row);
            int target = Targets[row];
            if (target < 0)
            {
                new Span<float>(logits, columns).Clear();
                continue;
            }

            RowGradient<TDoubles> gradient = new(Statistics[row], Gradients[row], InverseTemperature);
            float atTarget = gradient.AtTarget(logits[target]);
            int column = 0;
            for (; column + 8 <= columns; column += 8)
            {
                TDoubles.Narrow(gradient.At(TDoubles.Widen(logits + column)), logits + column);
            }

            if (column < columns)
            {
                new Span<float>(buffer, 8).Clear();
                new ReadOnlySpan<float>(logits + column, columns - column).CopyTo(new Span<float>(buffer, 8));
                TDoubles.Narrow(gradient.At(TDoubles.Widen(buffer)), buffer);
                new ReadOnlySpan<float>(buffer, columns - column).CopyTo(new Span<float>(logits + column, columns - column));
            }

            logits[target] = atTarget;
        }
    }

    /// <summary>The gradient as a function of the logit: τ⁻¹·p·(constant − entropy·ln p), plus the target's own part.</summary>
    private readonly struct RowGradient<TDoubles>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        private readonly double _logSumExp;
        private readonly double _inverseTemperature;
        private readonly double _slope;
        private readonly double _constant;
        private readonly double _target;

        public RowGradient(TokenStatistic statistic, TokenStatistic gradient, double inverseTemperature)
        {
            _inverseTemperature = inverseTemperature;
            _logSumExp = statistic.LogSumExp;
            _slope = -gradient.Entropy;
            _constant = gradient.LogSumExp - gradient.LogProbability - (gradient.Entropy * statistic.Entropy);
            _target = gradient.LogProbability + gradient.ChosenLogit;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TDoubles At(TDoubles logit)
        {
            TDoubles inverse = TDoubles.Broadcast(_inverseTemperature);
            TDoubles logProbability = (logit * inverse) - TDoubles.Broadcast(_logSumExp);
            TDoubles p = Exponential.OfDouble(logProbability);

            // ln p of an impossible token is −∞; its gradient is 0, not NaN.
            logProbability = TDoubles.SelectLess(logProbability, TDoubles.Broadcast(-1e300), TDoubles.Broadcast(0), logProbability);
            return p * TDoubles.MultiplyAdd(TDoubles.Broadcast(_slope), logProbability, TDoubles.Broadcast(_constant)) * inverse;
        }

        public float AtTarget(float logit) =>
            (float)(TDoubles.First(At(TDoubles.Broadcast(logit))) + (_target * _inverseTemperature));
    }
}
