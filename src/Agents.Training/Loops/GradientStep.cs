using System.Collections.Immutable;
using System.Globalization;
using Agents.Learning;
using Agents.Training.Checkpoints;
using Agents.Training.Errors;

namespace Agents.Training.Loops;

/// <summary>One update: add up the gradients of all micro-batches, then apply them, unless something is no number.</summary>
internal static class GradientStep
{
    /// <summary>Runs an update.</summary>
    /// <param name="model">Model to update.</param>
    /// <param name="batches">Micro-batches.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Counts of the step.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the update for messages.</param>
    /// <param name="checkpoint">The last checkpoint for messages.</param>
    /// <param name="cancellationToken">Honoured between micro-batches; gradients are discarded then.</param>
    /// <returns>Loss and gradient norm.</returns>
    /// <exception cref="TrainingDivergedException">Loss or norm is not finite; the weights are unchanged.</exception>
    public static (double Loss, double Norm) Run(
        ICheckpointedModel model,
        ImmutableArray<PackedBatch> batches,
        ITokenLoss loss,
        in LossContext context,
        double inverseTemperature,
        double rate,
        long step,
        string checkpoint,
        CancellationToken cancellationToken)
    {
        double value = 0;
        foreach (PackedBatch batch in batches)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                model.DiscardGradients();
                cancellationToken.ThrowIfCancellationRequested();
            }

            value += model.AccumulateGradients(batch, loss, context, inverseTemperature);
        }

        return Apply(model, value, loss.Id, rate, step, checkpoint);
    }

    /// <summary>Applies the gradients that were added up.</summary>
    /// <param name="model">Model to update.</param>
    /// <param name="value">The loss.</param>
    /// <param name="lossId">The objective for messages.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the update for messages.</param>
    /// <param name="checkpoint">The last checkpoint for messages.</param>
    /// <returns>Loss and gradient norm.</returns>
    /// <exception cref="TrainingDivergedException">Loss or norm is not finite; the weights are unchanged.</exception>
    public static (double Loss, double Norm) Apply(ICheckpointedModel model, double value, string lossId, double rate, long step, string checkpoint)
    {
        double norm = double.NaN;
        if (double.IsFinite(value))
        {
            norm = model.ApplyGradients(rate);
        }
        else
        {
            model.DiscardGradients();
        }

        return double.IsFinite(norm)
            ? (value, norm)
            : throw new TrainingDivergedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Step {step} has loss {value} and gradient norm {norm} under '{lossId}' at learning rate {rate:G4}. The last good checkpoint is {checkpoint}; lower the peak rate or the clipping norm and check the data of this step."));
    }
}
