using System.Collections.Immutable;

namespace Agents.Training.Experience;

/// <summary>
/// The bounded meeting point of samplers and the trainer. Samplers add groups and wait while the table is full; the trainer takes groups in the order of their
/// arrival and acknowledges them after its update, so that a checkpoint in between still holds them. Groups older than the staleness limit are dropped when they
/// would be taken. Safe for concurrent calls.
/// </summary>
/// <remarks>
/// What another implementation, with samplers on other machines, has to keep:
/// <list type="number">
/// <item>A group is the unit: it is visible with all its rows and columns or not at all, and <see cref="ExperienceGroup.Draw"/> names it. Siblings belong together by
/// that number, never by being neighbours. Nobody changes a group after it was added; what a later stage learns about it is a new value.</item>
/// <item>One order: groups are taken in the order in which they were added, and <see cref="Pending"/> shows that order. Samplers that work in parallel put their groups
/// in order (by draw) before they add them; this decides which samples meet which weights, and with it every bit of the result.</item>
/// <item>Lease, then acknowledge: a taken group stays in the table, and in <see cref="Pending"/>, until <see cref="Acknowledge"/>, which follows the update that learned
/// from it. A trainer that dies in between finds the group again; a group is never learned from twice and never lost.</item>
/// <item>Age is the trainer's updates minus <see cref="ExperienceGroup.Version"/>, the oldest weights that any row came from. It is compared with the limit when a group is
/// taken, not when it is added; what is leased never becomes too old. Dropped groups are counted, so that nothing vanishes silently.</item>
/// <item>Capacity counts everything that is not acknowledged. Full means that adding waits; it never drops and never fails. With capacity for
/// (staleness + 1) steps neither side can wait for the other for ever.</item>
/// <item>Waiting ends with the token at once and leaves no trace: a cancelled call has neither added nor taken anything.</item>
/// <item>Rows travel as <see cref="ExperienceCodec"/> writes them, token ids as recorded; readers refuse unknown versions.</item>
/// </list>
/// </remarks>
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
    public Task<ImmutableArray<ExperienceGroup>> TakeAsync(int count, long version, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _capacity);
        lock (_gate)
        {
            return _leased > 0
                ? throw new InvalidOperationException($"{_leased} groups were taken and not acknowledged.")
                : LeaseAsync(count, version, cancellationToken);
        }
    }

    /// <summary>Takes one more group in the order of arrival, beside those that are taken already; waits until there is one that is fresh enough.</summary>
    /// <param name="version">Updates that the trainer's weights have seen.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing is taken then.</param>
    public async Task<ExperienceGroup> TakeNextAsync(long version, CancellationToken cancellationToken = default) =>
        (await LeaseAsync(1, version, cancellationToken).ConfigureAwait(false))[0];

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

    private async Task<ImmutableArray<ExperienceGroup>> LeaseAsync(int count, long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                // What is leased is being learned from; its age was right when it was taken.
                int stale = 0;
                for (int i = _groups.Count - 1; i >= _leased; i--)
                {
                    if (version - _groups[i].Version > _stalenessLimit)
                    {
                        _groups.RemoveAt(i);
                        stale++;
                    }
                }

                if (stale > 0)
                {
                    Dropped += stale;
                    Signal();
                }

                if (_groups.Count - _leased >= count)
                {
                    _leased += count;
                    return [.. _groups.Skip(_leased - count).Take(count)];
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = New();
    }
}
