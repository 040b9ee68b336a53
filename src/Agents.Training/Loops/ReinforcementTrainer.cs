using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Agents.Training.Checkpoints;
using Agents.Training.Divergence;
using Agents.Training.Experience;
using Agents.Training.Guards;
using Agents.Training.Progress;
using Agents.Training.Rollouts;

namespace Agents.Training.Loops;

/// <summary>
/// The loop of reinforcement learning with verifiable rewards: sample groups, score them, turn rewards into advantages, update, serve the new weights
/// (papers/00-grpo-baseline §1). It can stop after any step and continue bit for bit; with a staleness of 1 or more, sampling overlaps training.
/// </summary>
public sealed class ReinforcementTrainer : IDisposable
{
    private readonly ICheckpointedModel _model;
    private readonly IPolicySync _sync;
    private readonly ReinforcementStages _stages;
    private readonly ReinforcementOptions _options;
    private readonly TimeProvider _time;
    private readonly PendingRollouts _pending = new();
    private readonly ExperienceTable _table;
    private readonly CheckpointStore _store;
    private readonly RolloutJournal _journal;
    private readonly RolloutProducer _producer;
    private readonly PolicyStep _learning;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">Model to train; stays the caller's.</param>
    /// <param name="sync">Makes its weights serve.</param>
    /// <param name="stages">The algorithm.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock of the checkpoint interval; the system's when null.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the reference scores at another temperature than samples are drawn.</exception>
    public ReinforcementTrainer(ICheckpointedModel model, IPolicySync sync, ReinforcementStages stages, ReinforcementOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sync);
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (stages.Reference is { } reference && reference.Temperature != stages.Rollout.Temperature)
        {
            throw new ArgumentException($"The reference scores at temperature {reference.Temperature}, samples are drawn at {stages.Rollout.Temperature}; their log-probabilities cannot be compared.", nameof(stages));
        }

        _model = model;
        _sync = sync;
        _stages = stages;
        _options = options;
        _time = time ?? TimeProvider.System;
        _learning = new PolicyStep(model, stages, options, _time);
        _table = new ExperienceTable(options.GroupsPerStep * (options.Staleness + 1), options.Staleness);
        _store = new CheckpointStore(options.OutputFolder, model, [.. options.Identity(), .. stages.Identity()], [_pending, .. stages.Guards, .. options.Parts]);
        _journal = new RolloutJournal(Path.Combine(_store.Folder, "rollouts.journal"));
        _producer = new RolloutProducer(stages, options, _table, _journal, _time);
    }

    /// <summary>Trains until all planned steps are done or a stop reason holds. A trainer runs once.</summary>
    /// <param name="progress">Told after every step; null for nobody.</param>
    /// <param name="cancellationToken">
    /// Stops the run within one decode step or micro-batch. The state after the last full step is stored first, unless it includes samples of older weights that are not
    /// complete: then the checkpoint before stays the last one, and a resumed run finds in the journal what was sampled since.
    /// </param>
    /// <exception cref="OperationCanceledException">The run was cancelled; a checkpoint to resume from exists.</exception>
    /// <exception cref="Errors.TrainingDivergedException">Loss or gradient norm is not finite; the last checkpoint is intact.</exception>
    /// <exception cref="Errors.CheckpointException">A checkpoint cannot be read, written, or belongs to another run.</exception>
    public Task<ReinforcementResult> RunAsync(IProgress<ReinforcementProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => RunToEndAsync(progress, cancellationToken), CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();

    private async Task<ReinforcementResult> RunToEndAsync(IProgress<ReinforcementProgress>? progress, CancellationToken cancellationToken)
    {
        Run run = new(await StartAsync().ConfigureAwait(false), _store, new StepClock(_time));
        run.Stored = _store.Current is null ? -1 : run.Position.Step;
        run.StoredAt = _time.GetTimestamp();
        try
        {
            if (run.Stored < 0)
            {
                Save(run);
            }

            using MetricsFile metrics = new(Path.Combine(_store.Folder, "metrics.jsonl"), run.Position.Step);
            await LearnAsync(run, metrics, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _learning.Abandon();
            await EndCancelledAsync(run).ConfigureAwait(false);
            throw new OperationCanceledException($"Training stopped after {run.Position.Step} of {_options.Steps} steps; resume from {_store.Current}.", cancellationToken);
        }
        catch
        {
            _learning.Abandon();

            // A fault of sampling or scoring leaves the weights of the last full step as they are; one in the middle of an update may not.
            Exception? failure = await _producer.StopAfterAsync(run.IsSampling ? LastBatch(run.Position.Step) : -1).ConfigureAwait(false);
            if (run.IsSampling && failure is null && run.Stored != run.Position.Step)
            {
                Save(run);
            }

            throw;
        }
        finally
        {
            run.Serving?.Dispose();
        }

        await EndAsync(run, run.Position.Step).ConfigureAwait(false);
        return new ReinforcementResult(
            run.Stop, run.Explanation, run.Position.Step, _options.Steps, run.ResumedFrom, run.Position.Tokens, run.DeadSteps, _store.Current!, run.Last, _store.Damaged);
    }

    private async Task LearnAsync(Run run, MetricsFile metrics, IProgress<ReinforcementProgress>? progress, CancellationToken cancellationToken)
    {
        long scheduled = _pending.LastBatch + 1;
        while (run.Position.Step < _options.Steps && run.Stop == ReinforcementStop.Completed)
        {
            long step = run.Position.Step;
            cancellationToken.ThrowIfCancellationRequested();
            run.Clock.Begin();
            run.Clock.Mark();
            run.Serving ??= await _sync.PublishAsync(cancellationToken).ConfigureAwait(false);
            run.Clock.Published();
            for (; scheduled <= LastBatch(step) + 1 && scheduled < _options.Steps; scheduled++)
            {
                _producer.Schedule(scheduled, run.Serving, step);
            }

            _learning.Begin();
            run.IsSampling = true;
            ImmutableArray<ExperienceGroup> groups = await GatherAsync(run, step, cancellationToken).ConfigureAwait(false);
            run.IsSampling = false;
            if (Step(run, groups, cancellationToken) is not { } report)
            {
                return;
            }

            _table.Acknowledge();
            metrics.Write(report.Step, report.Numbers(), report.Warnings);
            run.Last = report;
            if (run.Stop == ReinforcementStop.Completed && run.Position.Step < _options.Steps && CheckpointDue(run))
            {
                run.Clock.Mark();
                await StoreAsync(run, cancellationToken).ConfigureAwait(false);
                run.Clock.Stored();
            }

            progress?.Report(report);
        }
    }

    /// <summary>Takes the groups of a step, and lets learning begin with those that are there.</summary>
    private async Task<ImmutableArray<ExperienceGroup>> GatherAsync(Run run, long step, CancellationToken cancellationToken)
    {
        Task batch = _producer.WaitAsync(step, cancellationToken);
        if (_options.Asynchrony == Asynchrony.Off)
        {
            run.Clock.Mark();
            await batch.ConfigureAwait(false);
            run.Clock.Waited();
            return await _table.TakeAsync(_options.GroupsPerStep, step, cancellationToken).ConfigureAwait(false);
        }

        var groups = ImmutableArray.CreateBuilder<ExperienceGroup>(_options.GroupsPerStep);
        while (groups.Count < _options.GroupsPerStep)
        {
            Task<ExperienceGroup> next = _table.TakeNextAsync(step, cancellationToken);
            run.Clock.Mark();
            if (await Task.WhenAny(next, batch).ConfigureAwait(false) == batch)
            {
                // A batch that failed never gets its other groups.
                await batch.ConfigureAwait(false);
            }

            groups.Add(await next.ConfigureAwait(false));
            run.Clock.Waited();
            if (!batch.IsCompleted)
            {
                _learning.Advance([.. groups], step, cancellationToken);
            }
        }

        await batch.ConfigureAwait(false);
        return groups.MoveToImmutable();
    }

    /// <summary>One step on its groups, as in the paper; null when it was refused.</summary>
    private ReinforcementProgress? Step(Run run, ImmutableArray<ExperienceGroup> groups, CancellationToken cancellationToken)
    {
        long step = run.Position.Step;
        ExperienceColumns columns = _learning.Columns(groups, step);
        PolicyBatch? batch = _learning.Pack(columns);
        PolicyGradient? gradient = batch is null ? null : _learning.Accumulate(batch, step, cancellationToken);
        DivergenceReport mismatch = gradient?.Mismatch ?? new DivergenceMeter().Report;
        long age = columns.Age.Max();
        if (age == 0 && (mismatch.K3 > _options.MismatchLimit || mismatch.MaximumRatio > _options.MismatchRatioLimit))
        {
            _learning.Abandon();
            run.Stop = ReinforcementStop.SamplerMismatch;
            run.Explanation = string.Create(
                CultureInfo.InvariantCulture,
                $"In step {step + 1} sampler and trainer differ by {mismatch.K3:G4} per token (k3) and up to a ratio of {mismatch.MaximumRatio:G4}; the limits are {_options.MismatchLimit} and {_options.MismatchRatioLimit}. Check that both have the same weights, temperature and cache type; nothing was learned from these samples.");
            return null;
        }

        double rate = _options.Schedule.AtStep(step, _options.Steps);
        (double Loss, double Norm)? update = gradient is null ? null : _learning.Apply(gradient, batch!.Context((double)step / _options.Steps), rate, step, _store.Current!);
        if (update is not null)
        {
            run.Serving?.Dispose();
            run.Serving = null;
        }

        run.Position = run.Position with { Step = step + 1, Tokens = run.Position.Tokens + (batch?.Rows ?? 0) };
        CountDeadSteps(run, columns, update is null);
        ImmutableArray<GuardReport> guards = [.. _stages.Guards.Select(guard => guard.Observe(step + 1, columns))];
        if (run.Stop == ReinforcementStop.Completed && guards.FirstOrDefault(report => report.Stop is not null) is { Stop: { } reason } stopped)
        {
            run.Stop = reason;
            run.Explanation = stopped.Warning ?? "";
        }

        return Report(run, columns, update, rate, mismatch, gradient?.Meter, age) with
        {
            Guards = guards.SelectMany(report => report.Numbers).ToImmutableSortedDictionary(StringComparer.Ordinal),
            Warnings = [.. guards.Select(report => report.Warning).OfType<string>()],
        };
    }

    private void CountDeadSteps(Run run, ExperienceColumns columns, bool dead)
    {
        if (!dead)
        {
            _pending.DeadInARow = 0;
            return;
        }

        run.DeadSteps++;
        _pending.DeadInARow++;
        if (_pending.DeadInARow < _options.DeadStepLimit)
        {
            return;
        }

        bool scored = columns.Groups.Any(group => group.Scored > 0);
        run.Stop = scored ? ReinforcementStop.NoSignal : ReinforcementStop.NothingScored;
        run.Explanation = scored
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The last {_pending.DeadInARow} steps up to step {run.Position.Step} had no advantage other than 0 (mean reward {columns.Reward.Where(reward => !double.IsNaN(reward)).Average():G4}): every prompt is always or never solved. Choose prompts of middle difficulty, larger groups, or partial credit.")
            : $"The last {_pending.DeadInARow} steps up to step {run.Position.Step} had no completion that the verifiers could judge. Check the verifiers and the format of the answers.";
    }

    private ReinforcementProgress Report(
        Run run, ExperienceColumns columns, (double Loss, double Norm)? update, double rate, DivergenceReport mismatch, PolicyMeter? meter, long age)
    {
        double[] scored = [.. columns.Reward.Where(reward => !double.IsNaN(reward))];
        var components = columns.Rows.SelectMany(row => row.Rewards).Where(entry => !double.IsNaN(entry.Value)).GroupBy(entry => entry.Key, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(entries => entries.Key, entries => entries.Average(entry => entry.Value), StringComparer.Ordinal);
        BatchWork work = _producer.WorkFor(run.Position.Step - 1);
        return new ReinforcementProgress(
            run.Position.Step, _options.Steps, update?.Loss, update?.Norm, rate, scored.Length > 0 ? scored.Average() : double.NaN, components,
            columns.Groups.Length, columns.Groups.Count(group => group.IsDead), work.Drawn, columns.Rows.Length - scored.Length,
            columns.Rows.Count(row => row.IsTruncated), columns.Rows.Length, columns.Rows.Average(row => row.CompletionTokenIds.Length), age, mismatch,
            meter?.Entropy, meter?.Reference, run.Position.Tokens)
        {
            Times = run.Clock.End(work, _learning.Backward),
        };
    }

    private bool CheckpointDue(Run run) =>
        (_options.CheckpointEverySteps > 0 && run.Position.Step % _options.CheckpointEverySteps == 0) || _time.GetElapsedTime(run.StoredAt) >= _options.CheckpointInterval;

    /// <summary>Returns the last batch that belongs to the state after some steps: what older weights sampled cannot be sampled again.</summary>
    private long LastBatch(long steps) => Math.Min(steps + _options.Staleness, _options.Steps) - 1;

    private async Task<TrainingPosition> StartAsync()
    {
        TrainingPosition position = RunStart.Of(_store, _options.Resume, _options.Seed);
        if (_options.Resume)
        {
            foreach (ExperienceGroup group in _pending.Groups)
            {
                await _table.AddAsync(group).ConfigureAwait(false);
            }
        }

        _producer.Begin(_pending.LastBatch, _pending.State);
        return position;
    }

    /// <summary>Stores a checkpoint in the middle of a run, once everything that it has to hold is sampled.</summary>
    private async Task StoreAsync(Run run, CancellationToken cancellationToken)
    {
        for (long batch = run.Position.Step; batch <= LastBatch(run.Position.Step); batch++)
        {
            await _producer.WaitAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        Save(run);
    }

    /// <summary>Ends a cancelled run at once. What older weights are still sampling belongs to the state after the last full step, so that state is stored only without it.</summary>
    private Task EndCancelledAsync(Run run) => run.Stored != run.Position.Step && _producer.IsDone(LastBatch(run.Position.Step))
        ? EndAsync(run, run.Position.Step)
        : _producer.StopAfterAsync(-1);

    /// <summary>Stops sampling and stores the state after the last full step, unless it is stored already.</summary>
    private async Task EndAsync(Run run, long steps)
    {
        Exception? failure = await _producer.StopAfterAsync(LastBatch(steps)).ConfigureAwait(false);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        if (run.Stored != steps)
        {
            Save(run);
        }
    }

    private void Save(Run run)
    {
        // A run that has not sampled ahead yet starts with the state before its first batch.
        long last = run.Position.Step == 0 ? -1 : LastBatch(run.Position.Step);
        _pending.LastBatch = last;
        _pending.State = _producer.StateAfter(last);
        _pending.Groups = [.. _table.Pending.Where(group => group.Batch > run.Position.Step - 1 && group.Batch <= last)];
        _store.Save(run.Position with { DataPosition = _pending.State.Draws });
        run.Stored = run.Position.Step;
        run.StoredAt = _time.GetTimestamp();
        _producer.ForgetBefore(last);
        _journal.ForgetBefore(run.Position.Step);
    }

    /// <summary>What changes while a run goes on.</summary>
    private sealed class Run(TrainingPosition position, CheckpointStore store, StepClock clock)
    {
        public StepClock Clock { get; } = clock;

        public TrainingPosition Position { get; set; } = position;

        public long ResumedFrom { get; } = store.Current is null ? 0 : position.Step;

        public long Stored { get; set; }

        public long StoredAt { get; set; }

        public PolicyGeneration? Serving { get; set; }

        public long DeadSteps { get; set; }

        public bool IsSampling { get; set; }

        public ReinforcementStop Stop { get; set; }

        public string Explanation { get; set; } = "";

        public ReinforcementProgress? Last { get; set; }
    }
}
