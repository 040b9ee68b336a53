using Agents.Models.Cache;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Models.Serving;

/// <summary>
/// Continuous batching: every step starts what there is room for, takes one token of every running sequence, fills the rest of the batch with chunks of prompts,
/// runs the model once, and lets all sequences digest their logits at the same time. Requests arrive and are cancelled from any thread; everything else belongs
/// to the thread that steps. A step in which nobody starts or ends allocates nothing.
/// </summary>
/// <remarks>
/// Fairness. Decode rows go round over requests, one each, until all running sequences or all rows are served. Prefill rows go round by deficit
/// (Shreedhar and Varghese 1995) with <see cref="PrefillQuantum"/> tokens per turn. Requests without a running sequence start first, in order of arrival, even when
/// all slots are taken, and if need be in the place of the youngest sequence of a request that has several.
/// Memory. Sequences take pages as they grow. Where pages run out, unused prefixes go first, then the youngest sequence of the request with the most sequences
/// loses its pages and is computed again later, with the same bits. A request is accepted only if its longest sequence fits alone, so the last one standing always ends.
/// </remarks>
internal sealed partial class BatchScheduler : IDisposable
{
    /// <summary>Prefill tokens that a request may feed in its turn.</summary>
    public const int PrefillQuantum = 64;

    private readonly RowBatch _batch;
    private readonly KvPagePool _pool;
    private readonly PrefixCache _prefixes;
    private readonly ServingCounters _counters;
    private readonly DigestBoard _board;
    private readonly int _slots;
    private readonly Lock _inboxLock = new();
    private readonly List<EngineJob> _arrived = [];
    private readonly List<EngineJob> _cancelled = [];
    private readonly List<EngineJob> _inbox = [];
    private readonly List<string> _unloaded = [];
    private readonly LinkedList<EngineJob> _queue = [];
    private readonly List<EngineJob> _active = [];
    private long _arrivals;
    private long _starts;
    private long _steps;
    private int _live;

    public BatchScheduler(RowBatch batch, KvPagePool pool, bool prefixCache, LaneRunner? threads, ServingCounters counters)
    {
        _batch = batch;
        _pool = pool;
        _prefixes = new PrefixCache(prefixCache);
        _counters = counters;
        _board = new DigestBoard(batch.Shape.VocabularySize, threads);
        _slots = Math.Min(batch.MaximumLogitRows, batch.MaximumRows);
        _counters.PageCapacity = pool.MaximumPages;
        _counters.PageBytes = pool.PageBytes;
    }

    /// <summary>Gets whether a request is queued or running, paused ones included.</summary>
    public bool HasJobs => _queue.Count > 0 || _active.Count > 0;

    public ServingCounters Counters => _counters;

    /// <summary>Accepts a request. Any thread.</summary>
    public void Submit(EngineJob job)
    {
        lock (_inboxLock)
        {
            job.Arrival = ++_arrivals;
            _arrived.Add(job);
        }
    }

    /// <summary>Asks for the end of a request. Any thread.</summary>
    public void Cancel(EngineJob job)
    {
        lock (_inboxLock)
        {
            _cancelled.Add(job);
        }
    }

    /// <summary>Asks for the end of all prefixes that were computed with an adapter. Any thread.</summary>
    public void Forget(string adapterHash)
    {
        lock (_inboxLock)
        {
            _unloaded.Add(adapterHash);
        }
    }

    /// <summary>Does one step.</summary>
    /// <returns>Whether anything was done; false when every request waits for its reader or there is none.</returns>
    public bool Step()
    {
        _steps++;
        bool worked = TakeInbox();
        worked |= Admit();
        worked |= DigestHeld();
        Plan();
        worked |= RunPlanned();
        Rearrange();
        _counters.Pages(_pool.PagesInUse);
        _counters.State(_queue.Count, _active.Count, _live);
        return worked;
    }

    /// <summary>Ends every request.</summary>
    /// <param name="error">Makes the error of one request.</param>
    public void EndAll(Func<EngineJob, Exception> error)
    {
        TakeInbox();
        while (_active.Count > 0)
        {
            EngineJob job = _active[^1];
            Conclude(job, error(job));
        }

        while (_queue.First is { } node)
        {
            Conclude(node.Value, error(node.Value));
        }

        _counters.State(0, 0, 0);
    }

    public void Dispose()
    {
        _prefixes.Clear();
        _counters.Pages(_pool.PagesInUse);
    }

    private bool TakeInbox()
    {
        lock (_inboxLock)
        {
            if (_arrived.Count == 0 && _cancelled.Count == 0 && _unloaded.Count == 0)
            {
                return false;
            }

            foreach (EngineJob job in _arrived)
            {
                _queue.AddLast(job);
            }

            foreach (string adapterHash in _unloaded)
            {
                _prefixes.Forget(adapterHash);
            }

            _unloaded.Clear();
            _arrived.Clear();
            _inbox.AddRange(_cancelled);
            _cancelled.Clear();
        }

        foreach (EngineJob job in _inbox)
        {
            Conclude(job, job.Cancellation ?? new OperationCanceledException());
        }

        _inbox.Clear();
        return true;
    }

    /// <summary>Lets sequences that hold logits already (siblings of a prompt) draw, before the batch is planned.</summary>
    private bool DigestHeld()
    {
        if (_held.Count == 0)
        {
            return false;
        }

        _board.Clear();
        foreach (BatchSequence sequence in _held)
        {
            _board.Add(sequence, default);
        }

        _held.Clear();
        _board.Run();
        Settle();
        return true;
    }

    private bool RunPlanned()
    {
        if (_planned.Count == 0)
        {
            return false;
        }

        _board.Clear();
        try
        {
            Forward();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            FailPlanned(error);
            return true;
        }

        _board.Run();
        Settle();
        _planned.Clear();
        return true;
    }

    private void Forward()
    {
        _batch.Begin();
        foreach (BatchSequence sequence in _planned)
        {
            sequence.LogitRows = sequence.LogitRowsOf(sequence.Planned);
            sequence.LogitRow = _batch.Add(sequence.Cache!, sequence.Feed(sequence.Planned), sequence.LogitRows, sequence.Mixture);
        }

        MatrixView<float> logits = _batch.Run();
        _counters.Batch(_batch.Rows);
        foreach (BatchSequence sequence in _planned)
        {
            _counters.Drafted += sequence.Drafted;
            if (sequence.LogitRows > 0)
            {
                _board.Add(sequence, logits.RowRange(sequence.LogitRow, sequence.LogitRows));
            }

            sequence.Planned = 0;
            sequence.Drafted = 0;
        }
    }
}
