namespace Agents.Models.Serving;

/// <content>Choosing the rows of a batch.</content>
internal sealed partial class BatchScheduler
{
    /// <summary>Running sequences up to which tokens are guessed ahead; beyond, the batch makes good use of the weights by itself.</summary>
    private const int SpeculationSequences = 4;

    /// <summary>Rows of a batch with guesses.</summary>
    private const int SpeculationRows = 32;

    private readonly List<BatchSequence> _planned = [];
    private int _decodeCursor;
    private int _prefillCursor;
    private bool _turnOpen;
    private int _room;
    private int _logitRoom;

    private void Plan()
    {
        _planned.Clear();
        _room = _batch.MaximumRows;
        _logitRoom = _batch.MaximumLogitRows;
        bool prefill = false;
        foreach (EngineJob job in _active)
        {
            prefill |= FindPrefill(job) is not null;
            job.Visited = 0;
        }

        // Prompts get an eighth of the batch even when decoding could fill it; a batch of one row alternates.
        int most = Math.Min(_room, _logitRoom);
        PlanDecoding(!prefill ? most : most > 1 ? most - Math.Max(1, most / 8) : (int)(_steps & 1));
        int decoding = _planned.Count;
        if (prefill)
        {
            PlanPrefill();
        }
        else if (decoding <= SpeculationSequences)
        {
            PlanGuesses();
        }

        // A sequence may have lost its pages after it was planned.
        _planned.RemoveAll(static sequence => sequence.Planned == 0);
        if (_planned.Count > 1)
        {
            SortByMixture();
        }
    }

    /// <summary>One row per request and round, until all running sequences or all rows are served.</summary>
    private void PlanDecoding(int rows)
    {
        bool progress = true;
        while (progress && rows > 0)
        {
            progress = false;
            int count = _active.Count;
            for (int i = 0; i < count && rows > 0; i++)
            {
                EngineJob job = _active[(_decodeCursor + i) % count];
                if (NextDecoding(job) is not { } sequence)
                {
                    continue;
                }

                progress = true;
                if (Secure(sequence, 1))
                {
                    sequence.Planned = 1;
                    _planned.Add(sequence);
                    _room--;
                    _logitRoom--;
                    rows--;
                }
            }
        }

        if (rows > 0)
        {
            return;
        }

        // Not everybody was served: the next step begins where this one stopped.
        _decodeCursor = (_decodeCursor + 1) % Math.Max(1, _active.Count);
        foreach (EngineJob job in _active)
        {
            job.Cursor = job.Live.Count == 0 ? 0 : (job.Cursor + job.Visited) % job.Live.Count;
        }
    }

    private static BatchSequence? NextDecoding(EngineJob job)
    {
        if (job.Visited == 0 && job.IsPaused)
        {
            job.Visited = job.Live.Count;
        }

        while (job.Visited < job.Live.Count)
        {
            BatchSequence sequence = job.Live[(job.Cursor + job.Visited) % job.Live.Count];
            job.Visited++;
            if (sequence.Planned == 0 && sequence.Pending == 1)
            {
                return sequence;
            }
        }

        return null;
    }

    /// <summary>Deficit round robin over the prompts and continuations that are still to be fed.</summary>
    private void PlanPrefill()
    {
        int idle = 0;
        while (_room > 0 && idle < _active.Count)
        {
            _prefillCursor %= _active.Count;
            EngineJob job = _active[_prefillCursor];
            if (!_turnOpen)
            {
                job.Deficit += PrefillQuantum;
                _turnOpen = true;
            }

            int served = 0;
            while (job.Deficit > 0 && _room > 0 && FindPrefill(job) is { } sequence)
            {
                int rows = Feed(sequence, job.Deficit);
                if (rows == 0)
                {
                    break;
                }

                job.Deficit -= rows;
                served += rows;
            }

            idle = served == 0 ? idle + 1 : 0;
            if (_room > 0 || job.Deficit <= 0)
            {
                // Nothing is saved up by a request that has nothing to feed.
                job.Deficit = FindPrefill(job) is null ? 0 : Math.Min(job.Deficit, PrefillQuantum);
                _turnOpen = false;
                _prefillCursor++;
            }
        }
    }

    private static BatchSequence? FindPrefill(EngineJob job)
    {
        if (job.IsPaused)
        {
            return null;
        }

        foreach (BatchSequence sequence in job.Live)
        {
            if (sequence.Pending - sequence.Planned > (sequence.Planned == 0 ? 1 : 0))
            {
                return sequence;
            }
        }

        return null;
    }

    /// <summary>Plans the next rows of a sequence, as many as rows and logits allow.</summary>
    private int Feed(BatchSequence sequence, int most)
    {
        int before = sequence.Planned;
        int rows = Math.Min(Math.Min(most, _room), sequence.Pending - before);
        int withoutLogits = Math.Max(0, sequence.FirstLogit - sequence.Fed - before);
        rows = Math.Min(rows, withoutLogits + _logitRoom);
        if (rows == 0 || !Secure(sequence, before + rows))
        {
            return 0;
        }

        if (before == 0)
        {
            _planned.Add(sequence);
        }

        sequence.Planned = before + rows;
        _room -= rows;
        _logitRoom -= Math.Max(0, rows - withoutLogits);
        return rows;
    }

    /// <summary>Adds guessed tokens behind the pending ones.</summary>
    private void PlanGuesses()
    {
        int rows = Math.Min(Math.Min(_room, _logitRoom), SpeculationRows - _planned.Count);
        for (int i = 0; i < _planned.Count; i++)
        {
            BatchSequence sequence = _planned[i];
            int guesses = rows > 0 && sequence.Planned == 1 ? sequence.Draft(rows / (_planned.Count - i)) : 0;

            // Guesses are a luxury: nobody gives way to them.
            if (guesses > 0 && sequence.Cache!.TryReserve(sequence.Fed + 1 + guesses))
            {
                sequence.Planned += guesses;
                sequence.Drafted = guesses;
                rows -= guesses;
            }
        }
    }

    /// <summary>Rows of one adapter mixture go together, so that an extension runs once per mixture. Insertion keeps the order and is fast on what is sorted.</summary>
    private void SortByMixture()
    {
        for (int i = 1; i < _planned.Count; i++)
        {
            BatchSequence sequence = _planned[i];
            int at = i;
            for (; at > 0 && string.CompareOrdinal(_planned[at - 1].MixtureKey, sequence.MixtureKey) > 0; at--)
            {
                _planned[at] = _planned[at - 1];
            }

            _planned[at] = sequence;
        }
    }
}
