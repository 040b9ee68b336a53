using Agents.Learning;
using Agents.Training.Advantages;
using Agents.Training.Checkpoints;
using Agents.Training.Divergence;
using Agents.Training.Loss;

namespace Agents.Training.Loops;

/// <summary>The first gradient of a step while it is added up, micro-batch by micro-batch. Until it is applied, the weights are those that the step started with.</summary>
internal sealed class PolicyGradient
{
    private readonly ICheckpointedModel _model;
    private readonly SamplerComparison _comparison;
    private readonly CompositeLoss _objective;
    private readonly double _inverseTemperature;
    private readonly List<PolicyMicroBatch> _batches = [];

    /// <summary>Starts at zero.</summary>
    /// <param name="model">The model; its gradients are empty.</param>
    /// <param name="stages">The objective.</param>
    /// <param name="importance">Correction of samples from other weights; null for none.</param>
    /// <param name="context">Counts of the whole step.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics.</param>
    public PolicyGradient(ICheckpointedModel model, ReinforcementStages stages, TruncatedImportance? importance, LossContext context, double inverseTemperature)
    {
        _model = model;
        _comparison = new SamplerComparison(importance);
        _objective = new CompositeLoss(stages.PolicyLoss.Id, [_comparison, stages.PolicyLoss, .. stages.Auxiliaries, Meter]);
        _inverseTemperature = inverseTemperature;
        Context = context;
    }

    /// <summary>Gets the counts that the loss divides by.</summary>
    public LossContext Context { get; }

    /// <summary>Gets what was added up so far.</summary>
    public IReadOnlyList<PolicyMicroBatch> Batches => _batches;

    /// <summary>Gets the loss so far.</summary>
    public double Loss { get; private set; }

    /// <summary>Gets entropy and divergence from the reference so far.</summary>
    public PolicyMeter Meter { get; } = new();

    /// <summary>Gets sampler against trainer so far.</summary>
    public DivergenceReport Mismatch => _comparison.Report;

    /// <summary>Adds a micro-batch.</summary>
    /// <param name="batch">The micro-batch.</param>
    public void Add(PolicyMicroBatch batch)
    {
        _comparison.Expect(batch);
        Loss += _model.AccumulateGradients(batch.Batch, _objective, Context, _inverseTemperature);
        _batches.Add(batch);
    }
}
