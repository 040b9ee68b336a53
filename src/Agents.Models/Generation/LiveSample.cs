using Agents.Models.Constraints;
using Agents.Models.Inspection;
using Agents.Models.Sampling;
using Agents.Models.Serving;
using Agents.Numerics.Memory;

namespace Agents.Models.Generation;

/// <summary>One sample: its prompt and completion so far, and its random stream.</summary>
internal sealed unsafe class LiveSample : BatchSequence
{
    /// <summary>Completion tokens for which there is room at first.</summary>
    private const int InitialRoom = 64;

    private readonly GenerationJob _job;
    private readonly PromptGroup _group;
    private readonly int _index;
    private readonly int[] _stopStates;
    private readonly ITokenConstraint? _constraint;
    private readonly List<GeneratedToken> _drawn = new(1);
    private SampleStream _stream;
    private int _accepted;
    private DraftLength _draftLength;

    public LiveSample(GenerationJob job, PromptGroup group, int index)
        : base(job, group.Tokens, Math.Min(job.MaxTokens, InitialRoom), group.Mixture)
    {
        _job = job;
        _group = group;
        _index = group.FirstSample + index;
        _stream = group.Streams[index];
        _stopStates = new int[job.Stops.Count];
        _constraint = job.Constrain();
        Shared = group.Shared;
    }

    /// <inheritdoc/>
    public override int FeedEnd => Length;

    /// <inheritdoc/>
    public override int FirstLogit => Length - 1;

    /// <inheritdoc/>
    public override int ValidEnd => Length - 1;

    /// <inheritdoc/>
    public override bool HasHeldLogits => CompletionLength == 0 && _group.Logits is not null;

    /// <inheritdoc/>
    public override int Reusable => HasHeldLogits ? Length : Length - 1;

    /// <summary>Gets whether later prompts may go on from here: single answers become part of conversations, the many of a group rarely do and would crowd out others.</summary>
    public override bool LeavesPrefix => _group.Streams.Count == 1;

    private int CompletionLength => Length - _group.Tokens.Length;

    /// <inheritdoc/>
    public override int Draft(int most)
    {
        int room = Math.Min(_job.MaxTokens - CompletionLength, _job.ContextLength - Length) - 1;
        int wanted = Math.Min(Math.Min(most, room), _draftLength.Next(_job.SpeculativeTokens));
        if (wanted <= 0)
        {
            return 0;
        }

        Span<int> guesses = Reserve(wanted);
        return PromptLookup.Find(Tokens, guesses);
    }

    /// <inheritdoc/>
    public override void Digest(MatrixView<float> logits, SamplerWorkspace workspace)
    {
        if (CompletionLength == 0)
        {
            _group.Hold(new ReadOnlySpan<float>(logits.Row(0), logits.Columns));
        }

        _accepted = 0;
        for (int row = 0; row < logits.Rows; row++)
        {
            // A guess stands where the drawn token goes, so it is read before.
            int guess = row + 1 < logits.Rows ? Reserve(1)[0] : -1;
            int drawn = Draw(logits.Row(row), workspace);
            if (Finished || drawn != guess)
            {
                break;
            }

            _accepted++;
        }

        _draftLength.Learn(logits.Rows - 1, _accepted);
    }

    /// <inheritdoc/>
    public override void DigestHeld(SamplerWorkspace workspace)
    {
        fixed (float* logits = _group.Logits)
        {
            Draw(logits, workspace);
        }
    }

    /// <inheritdoc/>
    public override int Settle()
    {
        int count = _drawn.Count;
        foreach (GeneratedToken token in _drawn)
        {
            _job.Tokens.Write(token);
        }

        if (CompletionLength == count)
        {
            _group.Started(_job);
        }

        _job.Accepted(_accepted);
        _accepted = 0;
        _drawn.Clear();
        return count;
    }

    private int Draw(float* logits, SamplerWorkspace workspace)
    {
        Span<uint> allowed = _constraint is null ? [] : workspace.Allowed;
        _constraint?.Fill(allowed, Math.Min(_job.MaxTokens - CompletionLength, _job.ContextLength - Length));
        DistributionStatistics? statistics = _job.Statistics ? DistributionMoments.Of(new ReadOnlySpan<float>(logits, _job.VocabularySize)) : null;
        TokenDraw draw = _job.Sampler.Draw(logits, Tokens, ref _stream, workspace, allowed);
        Append(draw.Id);
        _constraint?.Accept(draw.Id);
        GenerationFinish finish = _job.FinishOf(draw.Id, _stopStates, CompletionLength, Length, _constraint);
        Finished = finish != GenerationFinish.None;
        GeneratedToken token = new(
            _index, draw.Id, (float)draw.BehaviorLogProbability, (float)draw.PlainLogProbability, (float)draw.KeptMass, finish) { Statistics = statistics };
        _drawn.Add(_job.TopLogProbabilities == 0 ? token : token with
        {
            Alternatives = LikelyTokens.Find(new ReadOnlySpan<float>(logits, _job.VocabularySize), draw.PlainLogSumExp, _job.TopLogProbabilities),
        });
        return draw.Id;
    }
}
