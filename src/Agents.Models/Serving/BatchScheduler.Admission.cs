using Agents.Models.Cache;

namespace Agents.Models.Serving;

/// <content>Starting sequences, and taking their pages away again.</content>
internal sealed partial class BatchScheduler
{
    /// <summary>Queued requests that are looked at when those before them wait for a prefix that is being computed.</summary>
    private const int MaximumDeferred = 16;

    /// <summary>Tokens of a prefix in the making that are worth waiting for.</summary>
    private const int WorthWaiting = 32;

    private readonly List<BatchSequence> _held = [];
    private int _startCursor;

    private enum Start
    {
        Started,
        Deferred,
        NoRoom,
    }

    /// <summary>Starts waiting sequences while there are slots and pages.</summary>
    private bool Admit()
    {
        bool any = false;
        int deferred = 0;
        LinkedListNode<EngineJob>? next;
        for (LinkedListNode<EngineJob>? node = _queue.First; node is not null && deferred < MaximumDeferred; node = next)
        {
            next = node.Next;

            // Beyond the slots every request still gets one sequence, as long as the requests themselves fit: rows are shared by turns then.
            if (_live >= _slots && _active.Count >= Math.Max(2, _slots))
            {
                return any;
            }

            EngineJob job = node.Value;
            if (job.IsPaused)
            {
                continue;
            }

            switch (TryStart(job, mayDisplace: true))
            {
                case Start.Started:
                    any = true;
                    _queue.Remove(node);
                    _active.Add(job);
                    break;
                case Start.Deferred:
                    deferred++;
                    break;
                default:
                    if (_live == 0)
                    {
                        Conclude(job, CacheTooSmallException.For(_pool, job.Peek().FeedEnd + 1));
                        break;
                    }

                    // Nobody overtakes: the pages that become free are for this request.
                    return any;
            }
        }

        return AdmitSiblings() || any;
    }

    /// <summary>Starts further sequences of requests that run already, in turns.</summary>
    private bool AdmitSiblings()
    {
        bool any = false;
        bool progress = true;
        while (progress && _live < _slots)
        {
            progress = false;
            for (int i = 0; i < _active.Count && _live < _slots; i++)
            {
                _startCursor = (_startCursor + 1) % _active.Count;
                EngineJob job = _active[_startCursor];
                if (!job.HasWaiting || job.IsPaused)
                {
                    continue;
                }

                Start start = TryStart(job, mayDisplace: false);
                if (start == Start.NoRoom)
                {
                    return any;
                }

                progress |= start == Start.Started;
            }

            any |= progress;
        }

        return any;
    }

    /// <summary>Starts the next sequence of a request with whatever prefix others have computed.</summary>
    private Start TryStart(EngineJob job, bool mayDisplace)
    {
        BatchSequence sequence = job.Peek();
        CachedPrefix? entry = _prefixes.Find(sequence.Tokens, sequence.MixtureKey, out int length);
        KvSequence? source = entry?.Cache;
        foreach (EngineJob other in _active)
        {
            foreach (BatchSequence live in other.Live)
            {
                int common = live.MixtureKey == sequence.MixtureKey ? sequence.Tokens.CommonPrefixLength(live.Tokens) : 0;
                int ready = Math.Min(common, live.Fed);
                if (ready > length)
                {
                    (source, length, entry) = (live.Cache, ready, null);
                }

                if (Math.Min(common, Math.Min(live.FeedEnd, sequence.Reusable)) >= length + WorthWaiting && live.Pending > 1 && !other.IsPaused)
                {
                    return Start.Deferred;
                }
            }
        }

        length = Math.Min(length, sequence.Reusable);
        KvSequence? cache = TryCreate(length > 0 ? source : null, length, Math.Min(sequence.FeedEnd + 1, _batch.Shape.ContextLength), entry, job, mayDisplace);
        if (cache is null)
        {
            return Start.NoRoom;
        }

        if (entry is not null)
        {
            _prefixes.Touch(entry);
        }

        _counters.Started(sequence.FeedEnd, cache.Length);
        if (!job.Admitted)
        {
            job.Admitted = true;
            _counters.LeftQueue();
        }

        job.Take();
        sequence.Cache = cache;
        sequence.Age = ++_starts;
        job.Live.Add(sequence);
        _live++;
        if (sequence.HasHeldLogits)
        {
            _held.Add(sequence);
        }

        return Start.Started;
    }

    /// <summary>Reserves the pages of a sequence to start, and leaves a page for every running one, so that a start does not soon take pages from others.</summary>
    private KvSequence? TryCreate(KvSequence? source, int length, int positions, CachedPrefix? entry, EngineJob job, bool mayDisplace)
    {
        while (true)
        {
            KvSequence cache = source is null ? _pool.CreateSequence() : source.Fork(length);
            if (cache.TryReserve(positions) && _pool.FreePages >= _live)
            {
                return cache;
            }

            cache.Dispose();

            // The source of the fork goes last; without it the sequence starts from nothing.
            if (_prefixes.EvictOldest(except: entry))
            {
                continue;
            }

            if (entry is not null && _live == 0)
            {
                (entry, source, length) = (null, null, 0);
                _prefixes.EvictOldest(pinned: true);
                continue;
            }

            if (_live == 0 && _prefixes.EvictOldest(pinned: true))
            {
                continue;
            }

            if (!mayDisplace || FindDisplaced(job) is not { } displaced)
            {
                return null;
            }

            if (displaced.Cache == source)
            {
                (source, length) = (null, 0);
            }

            Suspend(displaced);
        }
    }

    /// <summary>Makes room for the next rows of a running sequence.</summary>
    /// <returns>False when the sequence itself lost its pages.</returns>
    private bool Secure(BatchSequence sequence, int rows)
    {
        while (!sequence.Cache!.TryReserve(sequence.Fed + rows))
        {
            if (_prefixes.EvictOldest())
            {
                continue;
            }

            BatchSequence? victim = FindVictim(sequence);
            if (victim != sequence)
            {
                Suspend(victim);
            }
            else if (!_prefixes.EvictOldest(pinned: true))
            {
                Suspend(sequence);
                return false;
            }
        }

        return true;
    }

    /// <summary>The youngest sequence of the request with the most sequences, when it has at least two; requests whose reader is behind come first.</summary>
    private BatchSequence? FindDisplaced(EngineJob? except)
    {
        EngineJob? most = null;
        foreach (EngineJob job in _active)
        {
            int weight = job.IsPaused ? job.Live.Count + _live : job.Live.Count;
            int heaviest = most is null ? 1 : most.IsPaused ? most.Live.Count + _live : most.Live.Count;
            if (job != except && job.Live.Count > 0 && weight > heaviest)
            {
                most = job;
            }
        }

        return most?.Live[^1];
    }

    /// <summary>Who gives way to a running sequence: see <see cref="FindDisplaced"/>, and where every request has one sequence, the latest request, be it the sequence's own.</summary>
    private BatchSequence FindVictim(BatchSequence sequence)
    {
        if (FindDisplaced(null) is { } displaced)
        {
            return displaced;
        }

        BatchSequence latest = sequence;
        foreach (EngineJob job in _active)
        {
            if (job.Live.Count > 0 && job.Arrival > latest.Job.Arrival)
            {
                latest = job.Live[^1];
            }
        }

        return latest;
    }

    /// <summary>Takes the pages of a sequence away; it is fed again later.</summary>
    private void Suspend(BatchSequence sequence)
    {
        sequence.Cache!.Dispose();
        sequence.Cache = null;
        sequence.Planned = 0;
        sequence.Drafted = 0;
        sequence.Job.Live.Remove(sequence);
        sequence.Job.Suspend(sequence);
        _held.Remove(sequence);
        _live--;
        _counters.Suspensions++;
    }

    /// <summary>Puts requests that lost all their sequences back in front of the queue, earlier ones first.</summary>
    private void Rearrange()
    {
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            EngineJob job = _active[i];
            if (job.Live.Count == 0)
            {
                _active.RemoveAt(i);
                LinkedListNode<EngineJob>? node = _queue.First;
                while (node is not null && node.Value.Arrival < job.Arrival)
                {
                    node = node.Next;
                }

                _ = node is null ? _queue.AddLast(job) : _queue.AddBefore(node, job);
            }
        }
    }
}
