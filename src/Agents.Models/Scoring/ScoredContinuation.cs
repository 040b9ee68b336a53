using Agents.Models.Sampling;
using Agents.Models.Serving;
using Agents.Numerics.Memory;

namespace Agents.Models.Scoring;

/// <summary>A continuation to score: the logits after each of its tokens but the last score the next one.</summary>
internal sealed class ScoredContinuation : BatchSequence
{
    private readonly ScoringJob _job;
    private readonly int _index;
    private readonly int _start;
    private int _next;

    public ScoredContinuation(ScoringJob job, int index, ReadOnlySpan<int> tokens, int prefixLength)
        : base(job, tokens, 0, job.Mixture)
    {
        _job = job;
        _index = index;
        _start = prefixLength;
        _next = prefixLength;
        Shared = job.Prefix;
    }

    /// <inheritdoc/>
    public override int FeedEnd => Length - 1;

    /// <inheritdoc/>
    public override int FirstLogit => _next;

    /// <inheritdoc/>
    public override void Digest(MatrixView<float> logits, SamplerWorkspace workspace)
    {
        _job.Score(_index, Tokens.Slice(_next + 1, logits.Rows), _next + 1 - _start, logits);
        _next += logits.Rows;
        Finished = _next == FeedEnd;
    }

    /// <inheritdoc/>
    public override int Settle() => 0;
}
