using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Training.Adapters;

namespace Agents.Training.Rollouts;

/// <summary>
/// Serves the adapter under training beside its frozen base, in any storage: every generation is an adapter of its own in the model's registry, so that prefixes of
/// one are never used by another, and it is unloaded with its last user. Without adapter the same model is the reference; there is no second copy.
/// </summary>
public sealed class AdapterPolicy : IPolicySync
{
    private readonly AdapterTrainer<float> _trainer;
    private readonly DecoderModel _model;

    /// <summary>Joins an adapter under training and the model that serves it.</summary>
    /// <param name="trainer">The adapter; its base are the weights of <paramref name="model"/>.</param>
    /// <param name="model">The model that serves; stays the caller's.</param>
    /// <exception cref="ArgumentException">The adapter is trained over other weights than those that serve.</exception>
    public AdapterPolicy(AdapterTrainer<float> trainer, DecoderModel model)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(model);
        if (!ReferenceEquals(trainer.Shape, model.Weights.Shape))
        {
            throw new ArgumentException("The adapter is trained over other weights than those that serve; give the trainer the weights of the serving model.", nameof(trainer));
        }

        _trainer = trainer;
        _model = model;
    }

    /// <inheritdoc/>
    public ValueTask<PolicyGeneration> PublishAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AdapterScope scope = _model.Adapters.AddScoped(_trainer.ToAdapter("policy"));
        return ValueTask.FromResult(new PolicyGeneration(_model, scope, [new AdapterUse(scope.Id)]));
    }
}
