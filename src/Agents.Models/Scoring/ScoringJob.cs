using Agents.Models.Adapters;
using Agents.Models.Serving;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Scoring;

/// <summary>A scoring request in the scheduler: the prefix runs once, the continuations share it.</summary>
/// <remarks>The numbers have the bits of those recorded while sampling the same tokens, because rows never depend on their neighbours and both come from the same kernels.</remarks>
internal sealed unsafe class ScoringJob : EngineJob
{
    private readonly ILossKernels<float> _kernels;
    private readonly double _inverseTemperature;
    private readonly int[] _prefix;
    private readonly int[][] _continuations;
    private readonly float[][] _scores;
    private readonly TaskCompletionSource<IReadOnlyList<float[]>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BatchSequence? _next;
    private int _nextContinuation;
    private bool _open;

    public ScoringJob(ScoreRequest request, ILossKernels<float> kernels, AdapterRegistry adapters)
    {
        _kernels = kernels;
        _inverseTemperature = 1 / request.Temperature;
        _prefix = [.. request.PrefixTokenIds];
        _continuations = [.. request.Continuations.Select(continuation => continuation.ToArray())];
        _scores = [.. _continuations.Select(continuation => new float[continuation.Length])];
        Mixture = adapters.Resolve(request.Adapters);
        Prefix = new SharedPrefix(_prefix.Length, _continuations.Count(continuation => continuation.Length > 1) + 1);
        Shared.Add(Prefix);
        if (_prefix.Length > 0)
        {
            _next = new ScoredPrefix(this, _prefix);
        }
        else
        {
            OpenContinuations();
        }
    }

    /// <summary>Gets the prefix, kept for the continuations.</summary>
    public SharedPrefix Prefix { get; }

    /// <summary>Gets the adapters, or null; held until the job ends.</summary>
    public AdapterMixture? Mixture { get; }

    /// <summary>Gets the scores, one array per continuation.</summary>
    public Task<IReadOnlyList<float[]>> Result => _result.Task;

    /// <inheritdoc/>
    protected override bool HasUnstarted => _next is not null || (_open && _nextContinuation < _continuations.Length);

    /// <summary>Scores the first token of every continuation.</summary>
    /// <param name="logits">The row after the prefix.</param>
    public void ScoreFirst(MatrixView<float> logits)
    {
        for (int i = 0; i < _continuations.Length; i++)
        {
            if (_continuations[i].Length > 0)
            {
                Score(i, _continuations[i].AsSpan(0, 1), 0, logits);
            }
        }
    }

    /// <summary>Scores some tokens of a continuation.</summary>
    /// <param name="index">Which continuation.</param>
    /// <param name="targets">The tokens.</param>
    /// <param name="first">Place of the first one in the continuation.</param>
    /// <param name="logits">One row per token.</param>
    public void Score(int index, ReadOnlySpan<int> targets, int first, MatrixView<float> logits)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            TokenStatistic statistic;
            int target = targets[i];
            _kernels.TokenStatistics(logits.RowRange(i, 1), &target, _inverseTemperature, &statistic);
            _scores[index][first + i] = (float)statistic.LogProbability;
        }
    }

    /// <summary>Lets the continuations start.</summary>
    public void OpenContinuations()
    {
        _open = true;
        SkipScored();
    }

    /// <inheritdoc/>
    protected override BatchSequence PeekUnstarted()
    {
        if (_next is null)
        {
            int[] continuation = _continuations[_nextContinuation];
            _next = new ScoredContinuation(this, _nextContinuation++, (int[])[.. _prefix, .. continuation], _prefix.Length);
            SkipScored();
        }

        return _next;
    }

    /// <inheritdoc/>
    protected override void TakeUnstarted() => _next = null;

    /// <inheritdoc/>
    protected override void Deliver(Exception? error)
    {
        Mixture?.Dispose();
        if (error is null)
        {
            _result.TrySetResult(_scores);
        }
        else
        {
            _result.TrySetException(error);
        }
    }

    /// <summary>Passes continuations of at most one token, which the prefix has scored.</summary>
    private void SkipScored()
    {
        while (_nextContinuation < _continuations.Length && _continuations[_nextContinuation].Length < 2)
        {
            _nextContinuation++;
        }
    }
}
