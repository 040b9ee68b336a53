using System.Diagnostics;
using System.Globalization;
using Agents.Learning;
using Agents.Training.Checkpoints;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Progress;

namespace Agents.Training.Loops;

/// <summary>
/// The loop of pre-training and supervised fine-tuning, which differ only in the weights of their examples: read a step, add up the gradients of its
/// micro-batches, update, report. It can stop after any update and continue bit for bit.
/// </summary>
public sealed class SupervisedTrainer
{
    /// <summary>So many updates in a row without any gradient mean that nothing is learned any more.</summary>
    private const int DeadStepLimit = 20;
    private readonly ICheckpointedModel _model;
    private readonly ITokenLoss _loss;
    private readonly SupervisedTrainerOptions _options;
    private readonly TimeProvider _time;
    private readonly StepReader _reader;
    private readonly ValidationLoss? _validation;
    private readonly CheckpointStore _store;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">Model to train; stays the caller's.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="training">Training data.</param>
    /// <param name="options">Settings.</param>
    /// <param name="validation">Validation data, disjoint from the training data; null for none.</param>
    /// <param name="time">Clock of speed and checkpoint interval; the system's when null.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public SupervisedTrainer(
        ICheckpointedModel model,
        ITokenLoss loss,
        ITrainingExampleSource training,
        SupervisedTrainerOptions options,
        ITrainingExampleSource? validation = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Packing.MaximumSequence > model.Shape.ContextLength)
        {
            throw new ArgumentException($"Sequences of {options.Packing.MaximumSequence} tokens exceed the model's context of {model.Shape.ContextLength}.", nameof(options));
        }

        _model = model;
        _loss = loss;
        _options = options;
        _time = time ?? TimeProvider.System;
        _reader = new StepReader(training, new ExampleOrder(options.Seed, training.Count, options.Shuffle), options.Packing);
        _validation = validation is null ? null : new ValidationLoss(validation, options.ValidationExamples, options.Packing);
        _store = new CheckpointStore(options.OutputFolder, model, options.Identity(loss.Settings, training.Fingerprint), options.Parts);
    }

    /// <summary>Trains on a thread of its own until all planned updates are done.</summary>
    /// <param name="progress">Told after every update; null for nobody.</param>
    /// <param name="cancellationToken">Stops between micro-batches; the state after the last full update is stored first.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; a checkpoint to resume from exists.</exception>
    /// <exception cref="TrainingException">Many updates in a row had no gradient at all.</exception>
    /// <exception cref="TrainingDivergedException">Loss or gradient norm is not finite; the last checkpoint is intact.</exception>
    /// <exception cref="CheckpointException">A checkpoint cannot be read, written, or belongs to another run.</exception>
    public Task<TrainingResult> RunAsync(IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(() => Run(progress, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private TrainingResult Run(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        TrainingPosition position = Start();
        long resumedFrom = position.Step;
        string checkpoint = _store.Current ?? _store.Save(position);
        long stored = position.Step;
        long storedAt = _time.GetTimestamp();
        double? loss = null;
        double? validation = null;
        long tokens = 0;
        long cut = 0;
        long dead = 0;
        int deadInARow = 0;
        TimeSpan busy = TimeSpan.Zero;
        using MetricsFile metrics = new(Path.Combine(_store.Folder, "metrics.jsonl"), position.Step);
        while (position.Step < _options.Steps)
        {
            long began = _time.GetTimestamp();
            StepBatch? batch = cancellationToken.IsCancellationRequested ? null : _reader.Read(position.DataPosition);
            if (batch is null || Accumulate(batch, position, cancellationToken) is not { } value)
            {
                checkpoint = stored == position.Step ? checkpoint : _store.Save(position);
                throw new OperationCanceledException($"Training stopped after {position.Step} of {_options.Steps} steps; resume from {checkpoint}.", cancellationToken);
            }

            (double stepLoss, double norm, double rate) = Update(value, position, checkpoint);
            loss = stepLoss;
            position = position with { Step = position.Step + 1, DataPosition = batch.NextPosition, Tokens = position.Tokens + batch.Rows };
            TimeSpan took = _time.GetElapsedTime(began);
            tokens += batch.Rows;
            cut += batch.CutTokens;
            dead += norm == 0 ? 1 : 0;
            deadInARow = norm == 0 ? deadInARow + 1 : 0;
            busy += took;
            bool last = position.Step == _options.Steps;
            validation = Due(position.Step, _options.ValidationEverySteps) || last ? _validation?.Measure(_model) : null;
            TrainingProgress report = new(position.Step, _options.Steps, stepLoss, validation, norm, rate, position.Tokens, PerSecond(batch.Rows, took), batch.CutTokens);
            metrics.Write(report);
            if (last || Due(position.Step, _options.CheckpointEverySteps) || _time.GetElapsedTime(storedAt) >= _options.CheckpointInterval)
            {
                checkpoint = _store.Save(position);
                stored = position.Step;
                storedAt = _time.GetTimestamp();
            }

            progress?.Report(report);
            if (deadInARow == DeadStepLimit)
            {
                throw new TrainingException($"The last {DeadStepLimit} updates up to step {position.Step} had a gradient of exactly zero: nothing is learned. Check the loss '{_loss.Id}' and the weights of the examples; the last checkpoint is {checkpoint}.");
            }
        }

        return position.Step == _options.Steps
            ? new TrainingResult(position.Step, loss, validation ?? _validation?.Measure(_model), position.Tokens, PerSecond(tokens, busy), PeakMemory(), resumedFrom, checkpoint, _store.Damaged)
            {
                CutTokens = cut,
                DeadSteps = dead,
            }
            : throw new TrainingException($"{position.Step} steps are done, {_options.Steps} were planned.");
    }

    private static bool Due(long step, long every) => every > 0 && step % every == 0;

    private static double PerSecond(long tokens, TimeSpan time) => time > TimeSpan.Zero ? tokens / time.TotalSeconds : 0;

    private static long PeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private TrainingPosition Start()
    {
        if (!_options.Resume)
        {
            if (_store.Files.Count > 0)
            {
                throw new CheckpointException($"{_store.Folder} already has checkpoints, the newest {_store.Files[0]}. Resume that run, or train into an empty folder.");
            }

            SampleStream stream = new(_options.Seed);
            return new TrainingPosition(0, 0, 0, stream.Key, stream.Counter);
        }

        return _store.LoadNewest()
            ?? throw new CheckpointException($"{_store.Folder} has no checkpoint to resume from. Start the run without resuming.");
    }

    /// <summary>Adds the gradients of all micro-batches; null when cancelled in between.</summary>
    private double? Accumulate(StepBatch batch, TrainingPosition position, CancellationToken cancellationToken)
    {
        double loss = 0;
        LossContext context = batch.Context((double)position.Step / _options.Steps);
        foreach (PackedBatch micro in batch.Batches)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _model.DiscardGradients();
                return null;
            }

            loss += _model.AccumulateGradients(micro, _loss, context);
        }

        return loss;
    }

    private (double Loss, double Norm, double Rate) Update(double loss, TrainingPosition position, string checkpoint)
    {
        double rate = _options.Schedule.AtStep(position.Step, _options.Steps);
        double norm = double.NaN;
        if (double.IsFinite(loss))
        {
            norm = _model.ApplyGradients(rate);
        }
        else
        {
            _model.DiscardGradients();
        }

        return double.IsFinite(norm)
            ? (loss, norm, rate)
            : throw new TrainingDivergedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Step {position.Step + 1} has loss {loss} and gradient norm {norm} at learning rate {rate:G4}. The last good checkpoint is {checkpoint}; lower the peak rate or the clipping norm and check the data from example {position.DataPosition}."));
    }
}
