using Agents.Models.Cache;
using Agents.Models.Generation;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Scoring;

/// <summary>Computes the log-probabilities of continuations of one prefix: the prefix runs once, the continuations run together.</summary>
/// <remarks>The numbers have the bits of those recorded while sampling the same tokens, because rows never depend on their neighbours and both come from the same kernels.</remarks>
internal sealed unsafe class ContinuationScorer : IDisposable
{
    private readonly ScoreRequest _request;
    private readonly RowBatch _batch;
    private readonly double _inverseTemperature;
    private readonly KvSequence _prefix;
    private readonly float[][] _scores;

    public ContinuationScorer(ScoreRequest request, RowBatch batch)
    {
        _request = request;
        _batch = batch;
        _inverseTemperature = 1 / request.Temperature;
        _prefix = batch.Pool.CreateSequence();
        _scores = [.. request.Continuations.Select(continuation => new float[continuation.Count])];
    }

    public IReadOnlyList<float[]> Run(CancellationToken cancellationToken)
    {
        RunPrefix(cancellationToken);
        List<Pending> group = [];
        try
        {
            for (int i = 0; i < _scores.Length; i++)
            {
                if (_scores[i].Length < 2)
                {
                    continue;
                }

                group.Add(new Pending(_prefix.Fork(_prefix.Length), [.. _request.Continuations[i]], _scores[i]));
                int rows = group.Sum(pending => pending.Tokens.Length - 1);
                if (rows >= _batch.MaximumLogitRows)
                {
                    RunGroup(group, cancellationToken);
                }
            }

            RunGroup(group, cancellationToken);
            return _scores;
        }
        finally
        {
            Release(group);
        }
    }

    public void Dispose() => _prefix.Dispose();

    private static void Release(List<Pending> group)
    {
        foreach (Pending pending in group)
        {
            pending.Cache.Dispose();
        }

        group.Clear();
    }

    /// <summary>Feeds the prefix and scores the first token of every continuation from its last row.</summary>
    private void RunPrefix(CancellationToken cancellationToken)
    {
        int[] tokens = [.. _request.PrefixTokenIds];
        for (int at = 0; at < tokens.Length; at += _batch.MaximumRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(_batch.MaximumRows, tokens.Length - at);
            bool last = at + count == tokens.Length;
            _batch.Begin();
            if (!last)
            {
                _batch.Add(_prefix, tokens.AsSpan(at, count));
                _batch.Run();
                continue;
            }

            _batch.AddWithLast(_prefix, tokens.AsSpan(at, count));
            MatrixView<float> logits = _batch.Run();
            for (int i = 0; i < _scores.Length; i++)
            {
                if (_scores[i].Length > 0)
                {
                    _scores[i][0] = Score(logits, 0, _request.Continuations[i][0]);
                }
            }
        }
    }

    private void RunGroup(List<Pending> group, CancellationToken cancellationToken)
    {
        int done = 0;
        while (done < group.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int first = done;
            _batch.Begin();
            while (done < group.Count && _batch.Room > 0 && _batch.LogitRoom > 0)
            {
                Pending pending = group[done];
                pending.From = pending.Fed;
                int count = Math.Min(Math.Min(_batch.Room, _batch.LogitRoom), pending.Tokens.Length - 1 - pending.Fed);
                pending.LogitRow = _batch.AddWithAll(pending.Cache, pending.Tokens.AsSpan(pending.Fed, count));
                pending.Fed += count;
                if (pending.Fed < pending.Tokens.Length - 1)
                {
                    break;
                }

                done++;
            }

            MatrixView<float> logits = _batch.Run();
            for (int i = first; i < Math.Min(done + 1, group.Count); i++)
            {
                Collect(group[i], logits);
            }
        }

        Release(group);
    }

    private void Collect(Pending pending, MatrixView<float> logits)
    {
        for (int i = pending.From; i < pending.Fed; i++)
        {
            pending.Scores[i + 1] = Score(logits, pending.LogitRow + i - pending.From, pending.Tokens[i + 1]);
        }

        pending.From = pending.Fed;
    }

    private float Score(MatrixView<float> logits, int row, int target)
    {
        TokenStatistic statistic;
        _batch.Kernels.TokenStatistics(logits.RowRange(row, 1), &target, _inverseTemperature, &statistic);
        return (float)statistic.LogProbability;
    }

    private sealed class Pending(KvSequence cache, int[] tokens, float[] scores)
    {
        public KvSequence Cache { get; } = cache;

        public int[] Tokens { get; } = tokens;

        public float[] Scores { get; } = scores;

        public int From { get; set; }

        public int Fed { get; set; }

        public int LogitRow { get; set; }
    }
}
