using Agents.Learning;

namespace Agents.Training.Tests.Loss;

/// <summary>A micro-batch of random statistics with all columns, for any objective.</summary>
internal sealed class LossSample
{
    public LossSample(ulong seed, int[] lengths, double spread = 0.4)
    {
        SampleStream stream = new(seed);
        int rows = lengths.Sum();
        LogProbability = Draw(rows, ref stream, -1.5, 0.7);
        Old = [.. LogProbability.Select(value => value + (spread * stream.NextNormal()))];
        Reference = [.. LogProbability.Select(value => value + (spread * stream.NextNormal()))];
        Entropy = Draw(rows, ref stream, 2, 0.3);
        Correction = Draw(rows, ref stream, 1, 0.2);
        Advantage = new double[rows];
        Weight = new float[rows];
        Label = new double[lengths.Length];
        Starts = new int[lengths.Length];
        int row = 0;
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            Starts[sequence] = row;
            double advantage = stream.NextNormal();
            Label[sequence] = sequence % 2 == 0 ? 1 : -1;
            for (int i = 0; i < lengths[sequence]; i++, row++)
            {
                Advantage[row] = advantage;
                Weight[row] = i == 0 ? 0 : 1;
            }
        }
    }

    public double[] LogProbability { get; init; }

    public double[] Old { get; init; }

    public double[] Reference { get; init; }

    public double[] Entropy { get; init; }

    public double[] Correction { get; init; }

    public double[] Advantage { get; init; }

    public double[] Label { get; init; }

    public float[] Weight { get; init; }

    public int[] Starts { get; init; }

    public LossContext Context => new(Weight.Sum(), Starts.Length, Math.Max(1, Starts.Length / 2), 0) { ReferencePoint = 0.1 };

    public double Evaluate(ITokenLoss loss) => Evaluate(loss, out _, out _);

    public double Evaluate(ITokenLoss loss, out double[] slopes, out double[] entropySlopes) => Evaluate(loss, Context, out slopes, out entropySlopes);

    public double Evaluate(ITokenLoss loss, in LossContext context, out double[] slopes, out double[] entropySlopes)
    {
        slopes = new double[Weight.Length];
        entropySlopes = new double[Weight.Length];
        TokenLossInputs inputs = new()
        {
            LogProbability = LogProbability,
            LogSumExp = new double[Weight.Length],
            ChosenLogit = new double[Weight.Length],
            Entropy = Entropy,
            OldLogProbability = Old,
            ReferenceLogProbability = Reference,
            Advantage = Advantage,
            Correction = Correction,
            SequenceLabel = Label,
            Weight = Weight,
            SequenceStarts = Starts,
        };
        TokenLossGradients gradients = new()
        {
            LogProbability = slopes,
            LogSumExp = new double[Weight.Length],
            ChosenLogit = new double[Weight.Length],
            Entropy = entropySlopes,
        };
        return loss.Evaluate(inputs, context, gradients);
    }

    private static double[] Draw(int count, ref SampleStream stream, double mean, double deviation)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Math.Min(mean + (deviation * stream.NextNormal()), mean + (2 * deviation));
        }

        return values;
    }
}
