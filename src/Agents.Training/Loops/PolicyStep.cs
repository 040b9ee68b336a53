using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Advantages;
using Agents.Training.Checkpoints;
using Agents.Training.Experience;
using Agents.Training.Loss;

namespace Agents.Training.Loops;

/// <summary>
/// The learning half of a step: advantages, packing, gradients, updates. It may begin before all groups are there, on the assumption that later groups change nothing
/// about the gradients of earlier ones. At the end that is checked number by number; where it does not hold the gradients are computed again.
/// </summary>
internal sealed class PolicyStep
{
    private readonly ICheckpointedModel _model;
    private readonly ReinforcementStages _stages;
    private readonly ReinforcementOptions _options;
    private readonly TruncatedImportance? _importance;
    private readonly TimeProvider _time;
    private readonly double _inverseTemperature;
    private readonly bool _skipZeros;
    private bool _mayBeginEarly;
    private PolicyGradient? _early;

    /// <summary>Prepares the steps of a run.</summary>
    /// <param name="model">Model to train.</param>
    /// <param name="stages">The algorithm.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public PolicyStep(ICheckpointedModel model, ReinforcementStages stages, ReinforcementOptions options, TimeProvider time)
    {
        _model = model;
        _stages = stages;
        _options = options;
        _time = time;
        _importance = stages.Importance ?? (options.Staleness > 0 ? new TruncatedImportance() : null);
        _inverseTemperature = 1 / stages.Rollout.Temperature;
        _skipZeros = stages.Auxiliaries.IsEmpty && stages.PolicyLoss.IsZeroWithoutAdvantage;
        _mayBeginEarly = options.Asynchrony != Asynchrony.Off && !stages.PolicyLoss.ReadsTokenWeight && !stages.Auxiliaries.Any(loss => loss.ReadsTokenWeight);
    }

    /// <summary>Gets the time in forward and backward passes and updates of the present step.</summary>
    public TimeSpan Backward { get; private set; }

    /// <summary>Begins a step.</summary>
    public void Begin() => Backward = TimeSpan.Zero;

    /// <summary>Lays out the groups of a step, with advantages and masks.</summary>
    /// <param name="groups">All groups, or the first ones.</param>
    /// <param name="step">Steps done before.</param>
    public ExperienceColumns Columns(ImmutableArray<ExperienceGroup> groups, long step)
    {
        ExperienceColumns columns = new(groups, step);
        _stages.Advantages.Estimate(new AdvantageInputs { Reward = columns.Reward, Group = columns.Group, Length = columns.Length }, columns.Advantage);
        _stages.Reshaper.Reshape(columns);
        return columns;
    }

    /// <summary>Packs what there is to learn; null for nothing.</summary>
    /// <param name="columns">The groups with their advantages.</param>
    public PolicyBatch? Pack(ExperienceColumns columns) =>
        columns.HasSignal || !_stages.Auxiliaries.IsEmpty ? PolicyBatch.Pack(columns, _options, _skipZeros, _importance is not null) : null;

    /// <summary>Computes gradients of the first groups of a step while others are missing.</summary>
    /// <param name="groups">The first groups, in their final order.</param>
    /// <param name="step">Steps done before.</param>
    /// <param name="cancellationToken">Honoured between micro-batches.</param>
    public void Advance(ImmutableArray<ExperienceGroup> groups, long step, CancellationToken cancellationToken)
    {
        if (!_mayBeginEarly || groups.Length == _options.GroupsPerStep || Pack(Columns(groups, step)) is not { } batch)
        {
            return;
        }

        // The last micro-batch may still grow.
        int done = _early?.Batches.Count ?? 0;
        if (batch.Batches.Length - 1 > done)
        {
            _early ??= NewGradient(Expected(groups, step));
            Add(_early, batch.Batches.AsSpan()[done..^1], cancellationToken);
        }
    }

    /// <summary>Computes the gradient of a whole step.</summary>
    /// <param name="batch">What there is to learn.</param>
    /// <param name="step">Steps done before.</param>
    /// <param name="cancellationToken">Honoured between micro-batches.</param>
    /// <returns>The gradient, to be applied or discarded.</returns>
    public PolicyGradient Accumulate(PolicyBatch batch, long step, CancellationToken cancellationToken)
    {
        LossContext context = batch.Context((double)step / _options.Steps);
        PolicyGradient? early = _early;
        if (early is not null && !Holds(early, batch, context))
        {
            // Whatever made the assumption wrong (advantages over the whole step, completions that count nowhere) is likely to do so again.
            Abandon();
            _mayBeginEarly = false;
            early = null;
        }

        _early = early ?? NewGradient(context);
        Add(_early, batch.Batches.AsSpan()[_early.Batches.Count..], cancellationToken);
        return _early;
    }

    /// <summary>Makes the updates of a step.</summary>
    /// <param name="gradient">Result of <see cref="Accumulate"/>.</param>
    /// <param name="context">Counts of the step.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Steps done before.</param>
    /// <param name="checkpoint">The last checkpoint for messages.</param>
    /// <returns>Loss and gradient norm of the last update.</returns>
    public (double Loss, double Norm) Apply(PolicyGradient gradient, in LossContext context, double rate, long step, string checkpoint)
    {
        _early = null;
        long start = _time.GetTimestamp();
        (double Loss, double Norm) update = GradientStep.Apply(_model, gradient.Loss, _stages.PolicyLoss.Id, rate, step + 1, checkpoint);
        CompositeLoss objective = new(_stages.PolicyLoss.Id, [_stages.PolicyLoss, .. _stages.Auxiliaries, gradient.Meter]);
        for (int i = 1; i < _options.UpdatesPerStep; i++)
        {
            // Once a step has changed the weights it is finished: half a step could not be resumed.
            update = GradientStep.Run(
                _model, [.. gradient.Batches.Select(micro => micro.Batch)], objective, context, _inverseTemperature, rate, step + 1, checkpoint, CancellationToken.None);
        }

        Backward += _time.GetElapsedTime(start);
        return update;
    }

    /// <summary>Forgets gradients that were not applied.</summary>
    public void Abandon()
    {
        if (_early is not null)
        {
            _early = null;
            _model.DiscardGradients();
        }
    }

    private static bool Holds(PolicyGradient early, PolicyBatch batch, in LossContext context) =>
        early.Context with { TokenWeight = context.TokenWeight } == context
        && early.Batches.Count <= batch.Batches.Length
        && early.Batches.Select((micro, index) => micro.IsSame(batch.Batches[index])).All(same => same);

    private PolicyGradient NewGradient(LossContext context) => new(_model, _stages, _importance, context, _inverseTemperature);

    /// <summary>The counts of a step in which every completion is learned from. The tokens are not known, and nobody reads them.</summary>
    private LossContext Expected(ImmutableArray<ExperienceGroup> groups, long step)
    {
        int sequences = _options.GroupsPerStep * groups[0].Rows.Length;
        return new LossContext(double.NaN, sequences, _options.KeepGroupsTogether ? _options.GroupsPerStep : sequences, (double)step / _options.Steps);
    }

    private void Add(PolicyGradient gradient, ReadOnlySpan<PolicyMicroBatch> batches, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        foreach (PolicyMicroBatch micro in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            gradient.Add(micro);
        }

        Backward += _time.GetElapsedTime(start);
    }
}
