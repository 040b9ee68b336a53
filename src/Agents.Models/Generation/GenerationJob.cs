using Agents.Models.Adapters;
using Agents.Models.Constraints;
using Agents.Models.Sampling;
using Agents.Models.Serving;
using Agents.Numerics.Kernels;

namespace Agents.Models.Generation;

/// <summary>A generation request in the scheduler: its prompts one after the other, the siblings of each as soon as its first sample has fed it.</summary>
internal sealed class GenerationJob : EngineJob
{
    private readonly ITokenizer _tokenizer;
    private readonly ServingCounters _counters;
    private readonly PromptGroup[] _groups;
    private readonly HashSet<int> _endIds;
    private readonly HashSet<int> _stopIds;
    private readonly int[] _finalIds;
    private readonly CompiledConstraint? _constraint;
    private readonly Queue<PromptGroup> _open = [];
    private BatchSequence? _next;
    private int _nextGroup;

    public GenerationJob(
        GenerationRequest request, ModelShape shape, ITokenizer tokenizer, ILossKernels<float> kernels, AdapterRegistry adapters, ServingCounters counters, Action drained,
        CompiledConstraint? constraint)
    {
        _tokenizer = tokenizer;
        _counters = counters;
        MaxTokens = request.MaxTokens;
        ContextLength = shape.ContextLength;
        VocabularySize = shape.VocabularySize;
        TopLogProbabilities = request.TopLogProbabilities;
        Statistics = request.Statistics;
        SpeculativeTokens = request.SpeculativeTokens;
        Sampler = new TokenSampler(request.Sampling, shape.VocabularySize, kernels);
        Stops = new StopPatterns(request.StopSequences);
        Tokens = new TokenMailbox(drained);
        _endIds = request.IgnoreEndTokens ? [] : [.. tokenizer.EndIds];
        _stopIds = [.. request.StopTokenIds];
        _finalIds = [.. _endIds.Union(_stopIds)];
        _constraint = constraint;
        _groups = new PromptGroup[request.Prompts.Count];
        int samples = 0;
        try
        {
            for (int i = 0; i < _groups.Length; i++)
            {
                PromptSamples prompt = request.Prompts[i];
                _groups[i] = new PromptGroup([.. prompt.TokenIds], [.. prompt.Streams], samples, adapters.Resolve(prompt.Adapters));
                samples += prompt.Streams.Count;
                if (prompt.Streams.Count > 1)
                {
                    Shared.Add(_groups[i].Shared);
                }
            }
        }
        catch
        {
            DropGroups();
            throw;
        }
    }

    /// <summary>Gets the way to the reader.</summary>
    public TokenMailbox Tokens { get; }

    public TokenSampler Sampler { get; }

    public StopPatterns Stops { get; }

    public int MaxTokens { get; }

    public int ContextLength { get; }

    public int VocabularySize { get; }

    public int TopLogProbabilities { get; }

    public bool Statistics { get; }

    public int SpeculativeTokens { get; }

    /// <inheritdoc/>
    public override bool IsPaused => Tokens.IsFull;

    /// <inheritdoc/>
    protected override bool HasUnstarted => _next is not null || _open.Count > 0 || _nextGroup < _groups.Length;

    /// <summary>Starts the constraint of a sample; null without one.</summary>
    public ITokenConstraint? Constrain() => _constraint?.Begin(_finalIds);

    /// <summary>Decides whether a sample ends with a token.</summary>
    /// <param name="id">The token just drawn.</param>
    /// <param name="stopStates">State of the stop patterns; advanced.</param>
    /// <param name="completionLength">Tokens of the completion.</param>
    /// <param name="length">Tokens of prompt and completion.</param>
    /// <param name="constraint">Constraint of the sample behind the token; null without one.</param>
    public GenerationFinish FinishOf(int id, Span<int> stopStates, int completionLength, int length, ITokenConstraint? constraint)
    {
        if (_endIds.Contains(id))
        {
            return GenerationFinish.EndToken;
        }

        bool stops = _stopIds.Contains(id)
            || (Stops.Count > 0 && !_tokenizer.IsSpecial(id) && Stops.Advance(stopStates, _tokenizer.TokenBytes(id)));

        // Where end tokens are ignored or none exists, a text that nothing can follow ends by itself.
        stops |= _finalIds.Length == 0 && constraint is { MustEnd: true };
        return stops ? GenerationFinish.StopSequence
            : completionLength == MaxTokens ? GenerationFinish.Length
            : length == ContextLength ? GenerationFinish.ContextFull
            : GenerationFinish.None;
    }

    /// <summary>Lets the siblings of a prompt start.</summary>
    public void Open(PromptGroup group) => _open.Enqueue(group);

    /// <summary>Counts guesses that were right.</summary>
    public void Accepted(int guesses) => _counters.AcceptedDrafts += guesses;

    /// <inheritdoc/>
    protected override BatchSequence PeekUnstarted()
    {
        if (_next is null)
        {
            // Siblings first: a prompt that is computed should leave the memory as soon as possible.
            PromptGroup group = _open.TryPeek(out PromptGroup? open) ? open : _groups[_nextGroup++];
            _next = new LiveSample(this, group, group.Taken++);
            if (group == open && group.Taken == group.Streams.Count)
            {
                _open.Dequeue();
            }
        }

        return _next;
    }

    /// <inheritdoc/>
    protected override void TakeUnstarted() => _next = null;

    /// <inheritdoc/>
    protected override void Deliver(Exception? error)
    {
        DropGroups();
        Tokens.Complete(error);
    }

    private void DropGroups()
    {
        foreach (PromptGroup? group in _groups)
        {
            group?.Drop();
            group?.Mixture?.Dispose();
        }
    }
}
