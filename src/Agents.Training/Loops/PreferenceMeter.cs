using Agents.Learning;
using Agents.Training.Loss;

namespace Agents.Training.Loops;

/// <summary>Watches the margins of preferences on their way to the loss. Adds nothing to the loss.</summary>
internal sealed class PreferenceMeter : ITokenLoss
{
    private double _wanted;
    private double _unwanted;
    private int _wantedCount;
    private int _unwantedCount;
    private int _pairs;
    private int _right;

    /// <inheritdoc/>
    public string Id => "meter";

    /// <summary>Gets the mean score of wanted completions minus that of unwanted ones; NaN when one kind is missing.</summary>
    public double Margin => (_wanted / _wantedCount) - (_unwanted / _unwantedCount);

    /// <summary>Gets the share of pairs in the right order; NaN without pairs.</summary>
    public double Accuracy => (double)_right / _pairs;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        double before = 0;
        for (int sequence = 0; sequence < inputs.SequenceStarts.Length; sequence++)
        {
            double score = SequenceRows.Sum(inputs, inputs.LogProbability, sequence)
                - (inputs.ReferenceLogProbability.IsEmpty ? 0 : SequenceRows.Sum(inputs, inputs.ReferenceLogProbability, sequence));
            bool wanted = inputs.SequenceLabel[sequence] > 0;
            _wanted += wanted ? score : 0;
            _unwanted += wanted ? 0 : score;
            _wantedCount += wanted ? 1 : 0;
            _unwantedCount += wanted ? 0 : 1;
            if (context.Units * 2 == context.Sequences && sequence % 2 == 1)
            {
                _pairs++;
                _right += before > score ? 1 : 0;
            }

            before = score;
        }

        return 0;
    }
}
