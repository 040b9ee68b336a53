using Agents.Models.Cache;

namespace Agents.Models.Serving;

/// <content>Handing results on, and ending sequences and requests.</content>
internal sealed partial class BatchScheduler
{
    /// <summary>Hands results on, and ends sequences and requests that are done.</summary>
    private void Settle()
    {
        foreach (BatchSequence sequence in _board.Sequences)
        {
            EngineJob job = sequence.Job;
            if (job.HasEnded)
            {
                continue;
            }

            if (sequence.Error is { } error)
            {
                Conclude(job, error);
                continue;
            }

            _counters.Generated += sequence.Settle();
            KvSequence cache = sequence.Cache!;
            if (cache.Length > sequence.ValidEnd)
            {
                cache.Truncate(sequence.ValidEnd);
            }

            if (sequence.Shared is { Entry: null, Users: > 1, Length: > 0 } shared && cache.Length >= shared.Length)
            {
                _prefixes.Pin(shared, sequence);
            }

            if (sequence.Finished)
            {
                Finish(sequence);
            }
        }

        // An ended request must not stay reachable until the next step, which may be long away.
        _board.Clear();
    }

    private void Finish(BatchSequence sequence)
    {
        EngineJob job = sequence.Job;
        KvSequence cache = sequence.Cache!;
        sequence.Cache = null;
        job.Live.Remove(sequence);
        _live--;
        if (sequence.LeavesPrefix)
        {
            _prefixes.Insert(sequence.Tokens, sequence.MixtureKey, cache);
        }
        else
        {
            cache.Dispose();
        }

        if (sequence.Shared is { } shared && --shared.Users == 0)
        {
            _prefixes.Unpin(shared);
        }

        if (job.IsDone)
        {
            Conclude(job, null);
        }
    }

    private void FailPlanned(Exception error)
    {
        foreach (BatchSequence sequence in _planned)
        {
            sequence.Planned = 0;
            Conclude(sequence.Job, error);
        }

        _planned.Clear();
    }

    /// <summary>Releases everything a request holds and ends it. Does nothing when it has ended.</summary>
    private void Conclude(EngineJob job, Exception? error)
    {
        if (job.HasEnded)
        {
            return;
        }

        foreach (BatchSequence sequence in job.Live)
        {
            sequence.Cache!.Dispose();
            sequence.Cache = null;
        }

        _live -= job.Live.Count;
        job.Live.Clear();
        foreach (SharedPrefix shared in job.Shared)
        {
            _prefixes.Unpin(shared);
        }

        if (!_active.Remove(job))
        {
            _queue.Remove(job);
        }

        if (!job.Admitted)
        {
            _counters.LeftQueue();
        }

        _counters.Ended(error);
        job.End(error);
    }
}
