using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>Log-probabilities of a preference pair. Pairs are neighbouring sequences, the chosen one first; the packer never splits them.</summary>
/// <param name="Chosen">Of the chosen completion.</param>
/// <param name="Rejected">Of the rejected completion.</param>
internal readonly record struct PairScores(double Chosen, double Rejected)
{
    /// <summary>Returns the number of pairs of a micro-batch.</summary>
    /// <exception cref="ArgumentException">A sequence has no partner, or the step counts no pairs.</exception>
    public static int Count(in TokenLossInputs inputs, in LossContext context, string loss)
    {
        int sequences = inputs.SequenceStarts.Length;
        if (sequences % 2 != 0)
        {
            throw new ArgumentException($"The objective '{loss}' compares neighbouring sequences, but the micro-batch has {sequences}; a pair was split.", nameof(inputs));
        }

        if (context.Units < 1)
        {
            throw new ArgumentException($"The objective '{loss}' averages over pairs, but the step counts {context.Units} units.", nameof(context));
        }

        return sequences / 2;
    }

    /// <summary>Sums a statistic over the targets of both completions, or averages it.</summary>
    public static PairScores Of(in TokenLossInputs inputs, ReadOnlySpan<double> values, int pair, bool average) =>
        new(Score(inputs, values, 2 * pair, average), Score(inputs, values, (2 * pair) + 1, average));

    /// <summary>Adds the derivative of a pair's loss to the tokens of both completions.</summary>
    public static void AddSlopes(in TokenLossInputs inputs, in TokenLossGradients gradients, int pair, PairScores slopes, bool average)
    {
        SequenceRows.AddSlope(inputs, gradients, 2 * pair, slopes.Chosen / Divisor(inputs, 2 * pair, average));
        SequenceRows.AddSlope(inputs, gradients, (2 * pair) + 1, slopes.Rejected / Divisor(inputs, (2 * pair) + 1, average));
    }

    private static double Score(in TokenLossInputs inputs, ReadOnlySpan<double> values, int sequence, bool average) =>
        SequenceRows.Sum(inputs, values, sequence) / Divisor(inputs, sequence, average);

    private static double Divisor(in TokenLossInputs inputs, int sequence, bool average)
    {
        if (!average)
        {
            return 1;
        }

        double weight = SequenceRows.Weight(inputs, sequence);
        return weight > 0 ? weight : throw new ArgumentException($"Sequence {sequence} of a preference pair has no target to average over.", nameof(inputs));
    }
}
