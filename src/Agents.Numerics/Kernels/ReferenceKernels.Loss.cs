using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Token statistics, their gradient and softmax. Everything between logit and result is double.</content>
public sealed unsafe partial class ReferenceKernels<T>
{
    /// <inheritdoc/>
    public void TokenStatistics(MatrixView<T> logits, int* targets, double inverseTemperature, TokenStatistic* statistics)
    {
        for (int row = 0; row < logits.Rows; row++)
        {
            statistics[row] = targets[row] < 0 ? default : RowStatistics(logits.Row(row), logits.Columns, targets[row], inverseTemperature);
        }
    }

    /// <inheritdoc/>
    public void TokenStatisticsBackward(
        MatrixView<T> logits, int* targets, double inverseTemperature, TokenStatistic* statistics, TokenStatistic* gradients)
    {
        for (int row = 0; row < logits.Rows; row++)
        {
            T* values = logits.Row(row);
            int target = targets[row];
            if (target < 0)
            {
                new Span<T>(values, logits.Columns).Clear();
                continue;
            }

            TokenStatistic g = gradients[row];
            TokenStatistic s = statistics[row];
            for (int column = 0; column < logits.Columns; column++)
            {
                double logProbability = (double.CreateTruncating(values[column]) * inverseTemperature) - s.LogSumExp;
                double p = Math.Exp(logProbability);
                double gradient = p * (g.LogSumExp - g.LogProbability);
                if (p > 0)
                {
                    gradient -= p * (g.Entropy * (logProbability + s.Entropy));
                }

                if (column == target)
                {
                    gradient += g.LogProbability + g.ChosenLogit;
                }

                values[column] = T.CreateTruncating(gradient * inverseTemperature);
            }
        }
    }

    /// <inheritdoc/>
    public void Softmax(MatrixView<T> logits, double inverseTemperature)
    {
        double* lanes = stackalloc double[Lanes];
        for (int row = 0; row < logits.Rows; row++)
        {
            T* values = logits.Row(row);
            double maximum = Maximum(values, logits.Columns);
            new Span<double>(lanes, Lanes).Clear();
            for (int column = 0; column < logits.Columns; column++)
            {
                lanes[column % Lanes] += Math.Exp((double.CreateTruncating(values[column]) - maximum) * inverseTemperature);
            }

            double sum = Fold(lanes);
            for (int column = 0; column < logits.Columns; column++)
            {
                values[column] = T.CreateTruncating(Math.Exp((double.CreateTruncating(values[column]) - maximum) * inverseTemperature) / sum);
            }
        }
    }

    private static TokenStatistic RowStatistics(T* values, int count, int target, double inverseTemperature)
    {
        double maximum = Maximum(values, count);
        double* sums = stackalloc double[Lanes];
        double* moments = stackalloc double[Lanes];
        new Span<double>(sums, Lanes).Clear();
        new Span<double>(moments, Lanes).Clear();
        for (int column = 0; column < count; column++)
        {
            double distance = (double.CreateTruncating(values[column]) - maximum) * inverseTemperature;
            double weight = Math.Exp(distance);
            sums[column % Lanes] += weight;
            if (weight > 0)
            {
                moments[column % Lanes] = Math.FusedMultiplyAdd(weight, distance, moments[column % Lanes]);
            }
        }

        double sum = Fold(sums);
        double logSum = Math.Log(sum);
        double chosen = double.CreateTruncating(values[target]) * inverseTemperature;
        double chosenDistance = (double.CreateTruncating(values[target]) - maximum) * inverseTemperature;
        return new TokenStatistic(chosenDistance - logSum, (maximum * inverseTemperature) + logSum, chosen, logSum - (Fold(moments) / sum));
    }

    private static double Maximum(T* values, int count)
    {
        T maximum = T.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            maximum = T.Max(maximum, values[i]);
        }

        return double.CreateTruncating(maximum);
    }
}
