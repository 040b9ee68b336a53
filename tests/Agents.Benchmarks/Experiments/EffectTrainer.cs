using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Training.Adapters;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Optimization;
using Agents.Training.Rollouts;

namespace Agents.Benchmarks.Experiments;

/// <summary>The model under training, all weights or an adapter, which serves copies of itself, counts its tokens and tells a clock what it does.</summary>
internal sealed class EffectTrainer : ICheckpointedModel, IPolicySync
{
    private const int Rows = 2_048;

    private static readonly AdamWOptions s_optimizer = new() { Beta2 = 0.99, WeightDecay = 0 };
    private readonly ExperimentModel _experiment;
    private readonly PhaseClock _clock;
    private readonly ICheckpointedModel _inner;
    private readonly DecoderTrainer<float>? _full;
    private readonly AdapterTrainer<float>? _adapter;
    private readonly DecoderWeights<float>? _base;

    /// <summary>Starts from the untrained model.</summary>
    /// <param name="experiment">The model.</param>
    /// <param name="rank">Rank of the adapter; 0 trains all weights.</param>
    /// <param name="seed">Seed of the adapter.</param>
    /// <param name="clock">Told about every phase.</param>
    public EffectTrainer(ExperimentModel experiment, int rank, ulong seed, PhaseClock clock)
    {
        _experiment = experiment;
        _clock = clock;
        if (rank == 0)
        {
            _full = new DecoderTrainer<float>(experiment.Copy(), experiment.Kernels, new DecoderTrainerOptions { MaximumRows = Rows, Optimizer = s_optimizer });
            _inner = _full;
            return;
        }

        _base = experiment.Copy();
        _adapter = new AdapterTrainer<float>(_base, experiment.Kernels, new AdapterTrainerOptions
        {
            Adapter = new AdapterOptions { Rank = rank, Alpha = 2 * rank, Seed = seed },
            MaximumRows = Rows,
            RecomputeLayers = false,
            Optimizer = s_optimizer,
        });
        _inner = _adapter;
    }

    /// <inheritdoc/>
    public ModelShape Shape => _inner.Shape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Identity => _inner.Identity;

    /// <summary>Gets the rows that gradients were computed for, prompts included.</summary>
    public long TrainedTokens { get; private set; }

    /// <summary>Gets the rows among them that had a weight in the loss.</summary>
    public long LearnedTokens { get; private set; }

    /// <summary>Gets the updates.</summary>
    public long Updates { get; private set; }

    /// <summary>Serves a copy of the present weights.</summary>
    /// <returns>The model; the caller disposes it.</returns>
    public DecoderModel Serve()
    {
        DecoderWeights<float> copy = _experiment.Copy();
        if (_full is not null)
        {
            copy.CopyFrom(_full.Weights);
        }

        _adapter?.MergeInto(copy);
        return _experiment.Serve(copy);
    }

    /// <inheritdoc/>
    public ValueTask<PolicyGeneration> PublishAsync(CancellationToken cancellationToken = default)
    {
        using PhaseClock.Span _ = _clock.Measure("publish");
        DecoderModel model = Serve();
        return ValueTask.FromResult(new PolicyGeneration(model, model));
    }

    /// <inheritdoc/>
    public double AccumulateGradients(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1)
    {
        using PhaseClock.Span _ = _clock.Measure("backward");
        TrainedTokens += batch.Rows;
        LearnedTokens += batch.Weights.Count(weight => weight != 0);
        return _inner.AccumulateGradients(batch, loss, context, inverseTemperature);
    }

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities) => LogProbabilities(batch, logProbabilities, 1);

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities, double inverseTemperature)
    {
        using PhaseClock.Span _ = _clock.Measure("scoring");
        _inner.LogProbabilities(batch, logProbabilities, inverseTemperature);
    }

    /// <inheritdoc/>
    public double ApplyGradients(double learningRate)
    {
        using PhaseClock.Span _ = _clock.Measure("backward");
        Updates++;
        return _inner.ApplyGradients(learningRate);
    }

    /// <inheritdoc/>
    public void DiscardGradients() => _inner.DiscardGradients();

    /// <inheritdoc/>
    public void SaveTo(CheckpointWriter writer) => _inner.SaveTo(writer);

    /// <inheritdoc/>
    public void LoadFrom(CheckpointReader reader) => _inner.LoadFrom(reader);

    /// <inheritdoc/>
    public void Dispose()
    {
        _inner.Dispose();
        _base?.Dispose();
    }
}
