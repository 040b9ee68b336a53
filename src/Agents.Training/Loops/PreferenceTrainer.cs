using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Checkpoints;
using Agents.Training.Data;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Scoring;

namespace Agents.Training.Loops;

/// <summary>
/// Learning from preferences: DPO and its family on pairs, KTO on single judged completions (papers/00-grpo-baseline §2.2). The frozen reference scores every
/// completion once, the store remembers it. It can stop after any update and continue bit for bit.
/// </summary>
public sealed class PreferenceTrainer
{
    private readonly ICheckpointedModel _model;
    private readonly ITokenLoss _loss;
    private readonly PreferenceTrainerOptions _options;
    private readonly TimeProvider _time;
    private readonly PreferenceReader _reader;
    private readonly CheckpointStore _store;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">Model to train; stays the caller's.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="source">The preferences.</param>
    /// <param name="options">Settings.</param>
    /// <param name="reference">The frozen reference at temperature 1; null for objectives without one (SimPO, ORPO).</param>
    /// <param name="time">Clock of the checkpoint interval; the system's when null.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or KTO lacks what its reference point needs.</exception>
    public PreferenceTrainer(
        ICheckpointedModel model, ITokenLoss loss, IPreferenceSource source, PreferenceTrainerOptions options, FrozenScorer? reference = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (reference is { Temperature: not 1 })
        {
            throw new ArgumentException($"Preferences are compared at temperature 1; the reference scores at {reference.Temperature}.", nameof(reference));
        }

        if (loss is KtoLoss && (reference is null || options.ExamplesPerStep < 2))
        {
            throw new ArgumentException("The reference point of KTO needs a reference and at least two examples per step.", nameof(options));
        }

        _model = model;
        _loss = loss;
        _options = options;
        _time = time ?? TimeProvider.System;
        _reader = new PreferenceReader(source, new ExampleOrder(options.Seed, source.Count), reference, options.ExamplesPerStep, options.RowsPerBatch);
        _store = new CheckpointStore(options.OutputFolder, model, options.Identity(loss.Settings, source.Fingerprint, reference?.GenerationId ?? "none"), options.Parts);
    }

    /// <summary>Trains until all planned updates are done.</summary>
    /// <param name="progress">Told after every update; null for nobody.</param>
    /// <param name="cancellationToken">Stops between micro-batches; the state after the last full update is stored first.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; a checkpoint to resume from exists.</exception>
    /// <exception cref="Errors.TrainingException">An example is too long.</exception>
    /// <exception cref="Errors.TrainingDivergedException">Loss or gradient norm is not finite; the last checkpoint is intact.</exception>
    /// <exception cref="Errors.CheckpointException">A checkpoint cannot be read, written, or belongs to another run.</exception>
    public Task<PreferenceResult> RunAsync(IProgress<PreferenceProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => RunToEndAsync(progress, cancellationToken), CancellationToken.None);

    private async Task<PreferenceResult> RunToEndAsync(IProgress<PreferenceProgress>? progress, CancellationToken cancellationToken)
    {
        TrainingPosition position = RunStart.Of(_store, _options.Resume, _options.Seed);
        long resumedFrom = position.Step;
        string checkpoint = _store.Current ?? _store.Save(position);
        long stored = position.Step;
        long storedAt = _time.GetTimestamp();
        PreferenceProgress? last = null;
        using MetricsFile metrics = new(Path.Combine(_store.Folder, "metrics.jsonl"), position.Step);
        while (position.Step < _options.Steps)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                (position, last) = await StepAsync(position, checkpoint, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                checkpoint = stored == position.Step ? checkpoint : _store.Save(position);
                throw new OperationCanceledException($"Training stopped after {position.Step} of {_options.Steps} steps; resume from {checkpoint}.", cancellationToken);
            }

            metrics.Write(last.Step, last.Numbers());
            bool due = _options.CheckpointEverySteps > 0 && position.Step % _options.CheckpointEverySteps == 0;
            if (due || position.Step == _options.Steps || _time.GetElapsedTime(storedAt) >= _options.CheckpointInterval)
            {
                checkpoint = _store.Save(position);
                stored = position.Step;
                storedAt = _time.GetTimestamp();
            }

            progress?.Report(last);
        }

        return new PreferenceResult(position.Step, resumedFrom, position.Tokens, checkpoint, last, _store.Damaged);
    }

    /// <summary>One update: read, score with the reference, estimate the reference point where the loss has one, update.</summary>
    private async Task<(TrainingPosition Position, PreferenceProgress Report)> StepAsync(TrainingPosition position, string checkpoint, CancellationToken cancellationToken)
    {
        (StepBatch batch, ImmutableArray<PreferenceExample> examples) = await _reader.ReadAsync(position.DataPosition, cancellationToken).ConfigureAwait(false);
        if (_loss is KtoLoss)
        {
            batch = batch with { ReferencePoint = await _reader.ReferencePointAsync(examples, _model, cancellationToken).ConfigureAwait(false) };
        }

        PreferenceMeter meter = new();
        CompositeLoss objective = new(_loss.Id, [_loss, meter]);
        double rate = _options.Schedule.AtStep(position.Step, _options.Steps);
        LossContext context = batch.Context((double)position.Step / _options.Steps);
        (double loss, double norm) = GradientStep.Run(_model, batch.Batches, objective, context, 1, rate, position.Step + 1, checkpoint, cancellationToken);
        position = position with { Step = position.Step + 1, DataPosition = batch.NextPosition, Tokens = position.Tokens + batch.Rows };
        return (position, new PreferenceProgress(position.Step, _options.Steps, loss, meter.Margin, meter.Accuracy, batch.ReferencePoint, norm, rate, position.Tokens));
    }
}
