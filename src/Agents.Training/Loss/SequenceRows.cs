using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>Walks over the sequences of a micro-batch.</summary>
internal static class SequenceRows
{
    /// <summary>Returns the end of a sequence.</summary>
    public static int End(in TokenLossInputs inputs, int sequence) =>
        sequence + 1 < inputs.SequenceStarts.Length ? inputs.SequenceStarts[sequence + 1] : inputs.Weight.Length;

    /// <summary>Returns the sum of the weights of a sequence.</summary>
    public static double Weight(in TokenLossInputs inputs, int sequence)
    {
        double sum = 0;
        for (int row = inputs.SequenceStarts[sequence]; row < End(inputs, sequence); row++)
        {
            sum += inputs.Weight[row];
        }

        return sum;
    }

    /// <summary>Returns Σ weight · value over a sequence.</summary>
    public static double Sum(in TokenLossInputs inputs, ReadOnlySpan<double> values, int sequence)
    {
        double sum = 0;
        for (int row = inputs.SequenceStarts[sequence]; row < End(inputs, sequence); row++)
        {
            sum += inputs.Weight[row] == 0 ? 0 : inputs.Weight[row] * values[row];
        }

        return sum;
    }

    /// <summary>Adds slope · weight to the derivative of every token of a sequence.</summary>
    public static void AddSlope(in TokenLossInputs inputs, in TokenLossGradients gradients, int sequence, double slope)
    {
        for (int row = inputs.SequenceStarts[sequence]; row < End(inputs, sequence); row++)
        {
            gradients.LogProbability[row] += inputs.Weight[row] == 0 ? 0 : inputs.Weight[row] * slope;
        }
    }

    /// <summary>Checks that a column an objective reads is there.</summary>
    public static void Require(ReadOnlySpan<double> column, int length, string name, string loss)
    {
        if (column.Length != length)
        {
            throw new ArgumentException($"The objective '{loss}' reads the column {name}, which has {column.Length} of {length} entries; the data must provide it.");
        }
    }

    /// <summary>ln(1 + e^x) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>1 / (1 + e^−x) without overflow.</summary>
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>ln(1 + x), exact for small x.</summary>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }
}
