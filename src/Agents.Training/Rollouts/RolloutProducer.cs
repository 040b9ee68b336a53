using Agents.Training.Experience;
using Agents.Training.Loops;

namespace Agents.Training.Rollouts;

/// <summary>
/// Samples, scores and stores the groups of one step after the other: prompt sampler → rollout → trajectories → rewards → reference. Batches are made strictly in
/// order, each by the generation it was scheduled with, so that they never depend on how far the trainer is. Groups reach the table one by one, in order of their draw.
/// </summary>
internal sealed class RolloutProducer(ReinforcementStages stages, ReinforcementOptions options, ExperienceTable table, RolloutJournal journal, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, (Task Work, CancellationTokenSource Stop)> _scheduled = [];
    private readonly SortedDictionary<long, ProducerState> _states = [];
    private readonly Dictionary<long, BatchWork> _work = [];
    private Task _last = Task.CompletedTask;
    private long _draws;

    /// <summary>Starts from a state.</summary>
    /// <param name="batch">The batch that the state followed; −1 at the start of a run.</param>
    /// <param name="state">The state; null for that of the stages as they are.</param>
    public void Begin(long batch, ProducerState? state)
    {
        if (state is not null)
        {
            stages.Prompts.Restore(state.Prompts);
            stages.PassRates.Restore(state.PassRates);
            _draws = state.Draws;
        }

        _states[batch] = State();
    }

    /// <summary>Schedules the next batch.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="generation">The policy; held until the batch is done.</param>
    /// <param name="version">Updates that the policy has seen.</param>
    public void Schedule(long batch, PolicyGeneration generation, long version)
    {
        CancellationTokenSource stop = new();
        Task previous = _last;
        generation.Share();
        _last = Task.Run(async () =>
        {
            using (generation)
            {
                await previous.ConfigureAwait(false);
                await ProduceAsync(batch, generation, version, stop.Token).ConfigureAwait(false);
            }
        });
        _scheduled[batch] = (_last, stop);
    }

    /// <summary>Waits until a batch is in the table.</summary>
    /// <param name="batch">Its number; batches that a checkpoint contributed are there already.</param>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    public Task WaitAsync(long batch, CancellationToken cancellationToken) =>
        _scheduled.TryGetValue(batch, out (Task Work, CancellationTokenSource Stop) entry) ? entry.Work.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Returns whether a batch and all before it are in the table.</summary>
    /// <param name="batch">Its number; batches that a checkpoint contributed are there already.</param>
    public bool IsDone(long batch) => _scheduled.Where(entry => entry.Key <= batch).All(entry => entry.Value.Work.IsCompletedSuccessfully);

    /// <summary>Lets all batches up to one end and abandons later ones.</summary>
    /// <param name="batch">The last batch that is wanted.</param>
    /// <returns>What the first batch that was wanted failed with; null when none did.</returns>
    public async Task<Exception?> StopAfterAsync(long batch)
    {
        foreach ((Task _, CancellationTokenSource stop) in _scheduled.Where(entry => entry.Key > batch).Select(entry => entry.Value))
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        Exception? failure = null;
        foreach ((long number, (Task work, CancellationTokenSource stop)) in _scheduled)
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failure ??= number <= batch ? work.Exception?.InnerException : null;
            stop.Dispose();
        }

        _scheduled.Clear();
        return failure;
    }

    /// <summary>Returns the state after a batch that is done.</summary>
    /// <param name="batch">Its number.</param>
    public ProducerState StateAfter(long batch)
    {
        lock (_gate)
        {
            return _states[batch];
        }
    }

    /// <summary>Returns what it took to make a batch.</summary>
    /// <param name="batch">Its number; batches that a checkpoint contributed took nothing.</param>
    public BatchWork WorkFor(long batch)
    {
        lock (_gate)
        {
            return _work.GetValueOrDefault(batch, new BatchWork(options.GroupsPerStep, default, default, 0));
        }
    }

    /// <summary>Forgets the states before a batch.</summary>
    /// <param name="batch">First batch whose state is kept.</param>
    public void ForgetBefore(long batch)
    {
        lock (_gate)
        {
            foreach (long old in _states.Keys.Where(number => number < batch).ToArray())
            {
                _states.Remove(old);
                _work.Remove(old);
            }
        }

        foreach (long old in _scheduled.Where(entry => entry.Key < batch && entry.Value.Work.IsCompletedSuccessfully).Select(entry => entry.Key).ToArray())
        {
            _scheduled[old].Stop.Dispose();
            _scheduled.Remove(old);
        }
    }

    private ProducerState State() => new(_draws, stages.Prompts.Save(), stages.PassRates.Save());

    private async Task ProduceAsync(long batch, PolicyGeneration generation, long version, CancellationToken cancellationToken)
    {
        int kept = 0;
        List<ExperienceGroup> dead = [];
        int limit = options.GroupsPerStep * (options.DynamicSampling ? options.DynamicSamplingFactor : 1);
        BatchWork work = default;
        while (kept < options.GroupsPerStep && work.Drawn < limit)
        {
            int ask = Math.Min(options.GroupsPerStep - kept, limit - work.Drawn);
            RolloutTicket[] tickets = [.. Enumerable.Range(0, ask).Select(_ => new RolloutTicket(_draws++, stages.Prompts.Next()))];
            ScoredSamples samples = new(stages, journal, time, generation, batch, version);
            await foreach (ExperienceGroup group in samples.InOrderAsync(tickets, cancellationToken).ConfigureAwait(false))
            {
                stages.PassRates.Observe(group);
                stages.Prompts.Observe(group);
                if (options.DynamicSampling && group.IsDead)
                {
                    dead.Add(group);
                    continue;
                }

                kept++;
                await table.AddAsync(group, cancellationToken).ConfigureAwait(false);
            }

            work = new BatchWork(work.Drawn + ask, work.Sampling + samples.Sampling, work.Scoring + samples.Scoring, work.Tokens + samples.Tokens);
        }

        lock (_gate)
        {
            _states[batch] = State();
            _work[batch] = work;
        }

        foreach (ExperienceGroup group in dead.Take(options.GroupsPerStep - kept))
        {
            await table.AddAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }
}
