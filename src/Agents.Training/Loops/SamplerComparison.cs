using Agents.Learning;
using Agents.Training.Advantages;
using Agents.Training.Divergence;

namespace Agents.Training.Loops;

/// <summary>
/// Turns the first gradient pass of a step into the scoring of its samples: the log-probabilities that pass by are those of the weights at the start of the step, so
/// they become the old ones (and give the importance weights) before the policy loss reads them. No forward pass of its own. Adds nothing to the loss.
/// </summary>
/// <param name="importance">Correction of samples from other weights; null for none.</param>
internal sealed class SamplerComparison(TruncatedImportance? importance) : ITokenLoss
{
    private readonly DivergenceMeter _meter = new();
    private PolicyMicroBatch? _batch;

    /// <inheritdoc/>
    public string Id => "sampler-comparison";

    /// <inheritdoc/>
    public bool ReadsTokenWeight => false;

    /// <inheritdoc/>
    public bool IsZeroWithoutAdvantage => true;

    /// <summary>Gets how far sampler and trainer are apart.</summary>
    public DivergenceReport Report => _meter.Report;

    /// <summary>Names the micro-batch that is evaluated next.</summary>
    /// <param name="batch">The micro-batch; its arrays are filled.</param>
    public void Expect(PolicyMicroBatch batch) => _batch = batch;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        PolicyMicroBatch batch = _batch ?? throw new InvalidOperationException("No micro-batch was announced.");
        _batch = null;
        double[] old = batch.Batch.Columns!.OldLogProbability;
        double[] correction = batch.Batch.Columns.Correction;
        if (!inputs.OldLogProbability.Overlaps(old))
        {
            throw new InvalidOperationException("The model evaluates losses on a copy of the batch's columns; the reinforcement loop fills them while the loss is evaluated, so the model must pass them on as they are.");
        }

        for (int row = 0; row < old.Length; row++)
        {
            if (inputs.Weight[row] == 0)
            {
                continue;
            }

            // Single precision, as the sampler reports it: equal weights give equal numbers.
            old[row] = (float)inputs.LogProbability[row];
            _meter.Add(batch.Sampler[row], old[row]);
            if (importance is not null)
            {
                correction[row] = importance.Of(old[row], batch.Sampler[row]);
            }
        }

        return 0;
    }
}
