using Agents.Learning;

namespace Agents.Models;

/// <summary>A model whose weights can be changed in this process. Not safe for concurrent calls.</summary>
public interface ITrainableModel : IDisposable
{
    /// <summary>Gets sizes and architecture.</summary>
    ModelShape Shape { get; }

    /// <summary>Runs a packed batch forward, evaluates the loss on its token statistics, and adds gradients to the trainable parameters.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Counts over the whole optimizer step.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics; 1 for plain.</param>
    /// <returns>This micro-batch's share of the loss.</returns>
    double AccumulateGradients(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1);

    /// <summary>Runs a packed batch forward only and returns the log-probability of each target, [rows]; 0 where there is no target.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="logProbabilities">[rows], written.</param>
    void LogProbabilities(PackedBatch batch, Span<float> logProbabilities);

    /// <summary>The same at the temperature that tokens were sampled with.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="logProbabilities">[rows], written.</param>
    /// <param name="inverseTemperature">Factor on the logits; 1 for plain.</param>
    /// <exception cref="NotSupportedException">The model has plain log-probabilities only.</exception>
    void LogProbabilities(PackedBatch batch, Span<float> logProbabilities, double inverseTemperature)
    {
        if (inverseTemperature != 1)
        {
            throw new NotSupportedException($"{GetType().Name} has log-probabilities at temperature 1 only; sample at temperature 1, or implement the tempered form.");
        }

        LogProbabilities(batch, logProbabilities);
    }

    /// <summary>Clips the accumulated gradients by their global norm, updates the parameters, and clears the gradients.</summary>
    /// <param name="learningRate">Step size of this update.</param>
    /// <returns>The gradient norm before clipping.</returns>
    double ApplyGradients(double learningRate);
}
