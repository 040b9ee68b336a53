using System.Collections.Immutable;

namespace Agents.Training.Experience;

/// <summary>
/// The bounded meeting point of samplers and the trainer. Samplers add groups and wait while the table is full; the trainer takes groups in the order of their
/// arrival and acknowledges them after its update, so that a checkpoint in between still holds them. Groups older than the staleness limit are dropped when they
/// would be taken. Safe for concurrent calls.
/// </summary>
public sealed class ExperienceTable
{
    private readonly Lock _gate = new();
    private readonly List<ExperienceGroup> _groups = [];
    private readonly int _capacity;
    private readonly int _stalenessLimit;
    private int _leased;
    private TaskCompletionSource _changed = New();

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">Most groups, those not yet acknowledged included.</param>
    /// <param name="stalenessLimit">Most updates between the weights that sampled a group and those that learn from it.</param>
    public ExperienceTable(int capacity, int stalenessLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegative(stalenessLimit);
        _capacity = capacity;
        _stalenessLimit = stalenessLimit;
    }

    /// <summary>Gets how many groups were dropped because they were too old.</summary>
    public long Dropped { get; private set; }

    /// <summary>Gets all groups that are not acknowledged, in order of arrival.</summary>
    public ImmutableArray<ExperienceGroup> Pending
    {
        get
        {
            lock (_gate)
            {
                return [.. _groups];
            }
        }
    }

    /// <summary>Adds a group; waits while the table is full.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task AddAsync(ExperienceGroup group, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_groups.Count < _capacity)
                {
                    _groups.Add(group);
                    Signal();
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the oldest groups; waits until there are enough that are fresh enough.</summary>
    /// <param name="count">How many, at most the capacity.</param>
    /// <param name="version">Updates that the trainer's weights have seen.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">Earlier groups were not acknowledged.</exception>
    public async Task<ImmutableArray<ExperienceGroup>> TakeAsync(int count, long version, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _capacity);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_leased > 0)
                {
                    throw new InvalidOperationException($"{_leased} groups were taken and not acknowledged.");
                }

                int stale = _groups.RemoveAll(group => version - group.Version > _stalenessLimit);
                if (stale > 0)
                {
                    Dropped += stale;
                    Signal();
                }

                if (_groups.Count >= count)
                {
                    _leased = count;
                    return [.. _groups.Take(count)];
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets the groups that were taken: the trainer has learned from them.</summary>
    public void Acknowledge()
    {
        lock (_gate)
        {
            _groups.RemoveRange(0, _leased);
            _leased = 0;
            Signal();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = New();
    }
}
