using Agents.Models.Sampling;
using Agents.Models.Serving;
using Agents.Numerics.Memory;

namespace Agents.Models.Scoring;

/// <summary>The prefix of a scoring request: the logits after its last token score the first token of every continuation.</summary>
internal sealed class ScoredPrefix : BatchSequence
{
    private readonly ScoringJob _job;

    public ScoredPrefix(ScoringJob job, int[] tokens)
        : base(job, tokens, 0, job.Mixture)
    {
        _job = job;
        Shared = job.Prefix;
    }

    /// <inheritdoc/>
    public override int FeedEnd => Length;

    /// <inheritdoc/>
    public override int FirstLogit => Length - 1;

    /// <inheritdoc/>
    public override bool LeavesPrefix => true;

    /// <inheritdoc/>
    public override void Digest(MatrixView<float> logits, SamplerWorkspace workspace)
    {
        _job.ScoreFirst(logits);
        Finished = true;
    }

    /// <inheritdoc/>
    public override int Settle()
    {
        _job.OpenContinuations();
        return 0;
    }
}
