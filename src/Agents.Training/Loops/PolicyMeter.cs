using Agents.Learning;
using Agents.Training.Divergence;

namespace Agents.Training.Loops;

/// <summary>Watches the statistics that pass by on their way to a loss, so that entropy and divergence cost no forward pass of their own. Adds nothing to the loss.</summary>
internal sealed class PolicyMeter : ITokenLoss
{
    private readonly DivergenceMeter _reference = new();
    private double _entropy;
    private double _weight;

    /// <inheritdoc/>
    public string Id => "meter";

    /// <summary>Gets the mean entropy.</summary>
    public double Entropy => _weight > 0 ? _entropy / _weight : 0;

    /// <summary>Gets the divergence from the reference; null when there was none.</summary>
    public DivergenceReport? Reference => _reference.Report is { Tokens: > 0 } report ? report : null;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        for (int row = 0; row < inputs.Weight.Length; row++)
        {
            if (inputs.Weight[row] == 0)
            {
                continue;
            }

            _entropy += inputs.Weight[row] * inputs.Entropy[row];
            _weight += inputs.Weight[row];
            if (!inputs.ReferenceLogProbability.IsEmpty)
            {
                _reference.Add(inputs.LogProbability[row], inputs.ReferenceLogProbability[row]);
            }
        }

        return 0;
    }
}
