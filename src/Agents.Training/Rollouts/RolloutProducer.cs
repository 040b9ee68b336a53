using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Loops;

namespace Agents.Training.Rollouts;

/// <summary>
/// Samples, scores and stores the groups of one step after the other: prompt sampler → rollout → trajectories → rewards → reference. Batches are made strictly in
/// order, each by the generation it was scheduled with, so that they never depend on how far the trainer is.
/// </summary>
internal sealed class RolloutProducer(ReinforcementStages stages, ReinforcementOptions options, ExperienceTable table, RolloutJournal journal)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, (Task Work, CancellationTokenSource Stop)> _scheduled = [];
    private readonly SortedDictionary<long, ProducerState> _states = [];
    private readonly Dictionary<long, int> _drawn = [];
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

    /// <summary>Returns how many groups were sampled for a batch.</summary>
    /// <param name="batch">Its number.</param>
    public int DrawnFor(long batch)
    {
        lock (_gate)
        {
            return _drawn.GetValueOrDefault(batch, options.GroupsPerStep);
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
                _drawn.Remove(old);
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
        List<ExperienceGroup> kept = [];
        List<ExperienceGroup> dead = [];
        int limit = options.GroupsPerStep * (options.DynamicSampling ? options.DynamicSamplingFactor : 1);
        int drawn = 0;
        while (kept.Count < options.GroupsPerStep && drawn < limit)
        {
            int ask = Math.Min(options.GroupsPerStep - kept.Count, limit - drawn);
            RolloutTicket[] tickets = [.. Enumerable.Range(0, ask).Select(_ => new RolloutTicket(_draws++, stages.Prompts.Next()))];
            drawn += ask;
            foreach (ExperienceGroup group in await ScoredAsync(batch, tickets, generation, version, cancellationToken).ConfigureAwait(false))
            {
                stages.PassRates.Observe(group);
                stages.Prompts.Observe(group);
                (options.DynamicSampling && group.IsDead ? dead : kept).Add(group);
            }
        }

        lock (_gate)
        {
            _states[batch] = State();
            _drawn[batch] = drawn;
        }

        foreach (ExperienceGroup group in kept.Concat(dead).Take(options.GroupsPerStep))
        {
            await table.AddAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<ExperienceGroup>> ScoredAsync(
        long batch, RolloutTicket[] tickets, PolicyGeneration generation, long version, CancellationToken cancellationToken)
    {
        string id = generation.Id;
        ExperienceGroup?[] groups = [.. tickets.Select(ticket => journal.Find(ticket.Draw, id))];
        RolloutTicket[] missing = [.. tickets.Where((_, index) => groups[index] is null)];
        if (missing.Length > 0)
        {
            await foreach (SampledGroup group in stages.Rollout.SampleAsync(generation, missing, cancellationToken).ConfigureAwait(false))
            {
                ExperienceGroup rows = new(
                    batch, group.Ticket.Draw, group.Ticket.Prompt.Id, group.Ticket.Prompt.Source,
                    [.. group.Completions.Select(completion => stages.Trajectories.Build(group.Ticket.Prompt, completion, id, version))]);
                ExperienceGroup scored = await stages.Rewards.ScoreAsync(group.Ticket.Prompt, rows, cancellationToken).ConfigureAwait(false);
                scored = await ReferencedAsync(scored, cancellationToken).ConfigureAwait(false);
                journal.Append(scored);
                groups[Array.FindIndex(tickets, ticket => ticket.Draw == scored.Draw)] = scored;
            }
        }

        if (Array.FindIndex(groups, group => group is null) is >= 0 and int lost)
        {
            throw new TrainingException($"The rollout '{stages.Rollout.Settings}' ended without a group for draw {tickets[lost].Draw} (prompt '{tickets[lost].Prompt.Id}'); it must give one group per ticket.");
        }

        // A journaled group may come from an earlier step with the same weights; its age counts from now.
        return [.. groups.Select(group => group! with { Batch = batch, Rows = [.. group.Rows.Select(row => row with { Version = version })] })];
    }

    private async Task<ExperienceGroup> ReferencedAsync(ExperienceGroup group, CancellationToken cancellationToken)
    {
        if (stages.Reference is not { } reference)
        {
            return group;
        }

        IReadOnlyList<float[]> scores = await reference.ScoreAsync(group.Rows[0].PromptTokenIds, [.. group.Rows.Select(row => row.CompletionTokenIds)], cancellationToken).ConfigureAwait(false);
        return group with { Rows = [.. group.Rows.Select((row, index) => row with { ReferenceLogProbability = [.. scores[index].Select(value => (double)value)] })] };
    }
}
