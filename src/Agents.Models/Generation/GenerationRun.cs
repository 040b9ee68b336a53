using Agents.Models.Cache;
using Agents.Models.Sampling;
using Agents.Numerics.Memory;

namespace Agents.Models.Generation;

/// <summary>
/// Serves one request: prompts are prefilled once, their caches shared by the samples, and all live samples decoded as one batch per step. Prompts are admitted
/// while there is room, so a request may have more samples than a batch has rows.
/// </summary>
internal sealed unsafe class GenerationRun : IDisposable
{
    private readonly GenerationRequest _request;
    private readonly ITokenizer _tokenizer;
    private readonly RowBatch _batch;
    private readonly TokenSampler _sampler;
    private readonly StopPatterns _stops;
    private readonly HashSet<int> _endIds;
    private readonly HashSet<int> _stopIds;
    private readonly List<LiveSample> _live = [];
    private readonly List<GeneratedToken> _step = [];
    private int _nextPrompt;
    private int _nextSample;

    public GenerationRun(GenerationRequest request, ITokenizer tokenizer, RowBatch batch)
    {
        _request = request;
        _tokenizer = tokenizer;
        _batch = batch;
        _sampler = new TokenSampler(request.Sampling, batch.Shape.VocabularySize, batch.Kernels);
        _stops = new StopPatterns(request.StopSequences);
        _endIds = request.IgnoreEndTokens ? [] : [.. tokenizer.EndIds];
        _stopIds = [.. request.StopTokenIds];
    }

    /// <summary>Gets whether every sample of every prompt has ended.</summary>
    public bool Done => _live.Count == 0 && _nextPrompt == _request.Prompts.Count;

    /// <summary>Gets the tokens of the last call, in order of samples.</summary>
    public IReadOnlyList<GeneratedToken> Step => _step;

    /// <summary>Gets the number of samples that go on.</summary>
    public int LiveCount => _live.Count;

    /// <summary>Prefills prompts while their samples find room, and draws the first token of each sample.</summary>
    public void Admit(CancellationToken cancellationToken)
    {
        _step.Clear();
        List<Prefill> waiting = [];
        int samples = _live.Count;
        try
        {
            while (_nextPrompt < _request.Prompts.Count)
            {
                PromptSamples prompt = _request.Prompts[_nextPrompt];
                if (samples > 0 && samples + prompt.Streams.Count > _batch.MaximumLogitRows)
                {
                    break;
                }

                _nextPrompt++;
                waiting.Add(new Prefill(prompt, [.. prompt.TokenIds], _batch.Pool.CreateSequence(), _nextSample));
                _nextSample += prompt.Streams.Count;
                samples += prompt.Streams.Count;
            }

            int done = 0;
            while (done < waiting.Count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                done = PrefillChunk(waiting, done);
            }
        }
        finally
        {
            foreach (Prefill prefill in waiting)
            {
                prefill.Cache?.Dispose();
            }
        }

        RemoveFinished();
    }

    /// <summary>Decodes one token of every live sample. In steady state nothing is allocated.</summary>
    public void DecodeStep()
    {
        _step.Clear();
        int slice = _batch.MaximumLogitRows;
        for (int start = 0; start < _live.Count; start += slice)
        {
            int end = Math.Min(_live.Count, start + slice);
            _batch.Begin();
            for (int i = start; i < end; i++)
            {
                _batch.AddWithLast(_live[i].Cache, _live[i].LastToken);
            }

            MatrixView<float> logits = _batch.Run();
            for (int i = start; i < end; i++)
            {
                Accept(_live[i], logits.Row(i - start));
            }
        }

        RemoveFinished();
    }

    public void Dispose()
    {
        foreach (LiveSample sample in _live)
        {
            sample.Dispose();
        }

        _live.Clear();
    }

    /// <summary>Fills one batch with the next tokens of waiting prompts; returns the number of prompts that are through.</summary>
    private int PrefillChunk(List<Prefill> waiting, int done)
    {
        _batch.Begin();
        int first = done;
        while (done < waiting.Count && _batch.Room > 0 && _batch.LogitRoom > 0)
        {
            Prefill prefill = waiting[done];
            int count = Math.Min(_batch.Room, prefill.Tokens.Length - prefill.Fed);
            ReadOnlySpan<int> tokens = prefill.Tokens.AsSpan(prefill.Fed, count);
            prefill.Fed += count;
            if (prefill.Fed < prefill.Tokens.Length)
            {
                _batch.Add(prefill.Cache!, tokens);
                break;
            }

            prefill.LogitRow = _batch.AddWithLast(prefill.Cache!, tokens);
            done++;
        }

        MatrixView<float> logits = _batch.Run();
        for (int i = first; i < done; i++)
        {
            Start(waiting[i], logits.Row(waiting[i].LogitRow));
        }

        return done;
    }

    /// <summary>Gives every sample of a prompt a fork of the prompt's cache; the last one takes the cache itself.</summary>
    private void Start(Prefill prefill, float* logits)
    {
        IReadOnlyList<SampleStream> streams = prefill.Prompt.Streams;
        int most = Math.Min(_request.MaxTokens, _batch.Shape.ContextLength - prefill.Tokens.Length);
        for (int i = 0; i < streams.Count; i++)
        {
            KvSequence cache = prefill.Cache!;
            if (i < streams.Count - 1)
            {
                cache = cache.Fork(cache.Length);
            }
            else
            {
                prefill.Cache = null;
            }

            LiveSample sample = new(prefill.FirstSample + i, cache, streams[i], prefill.Tokens, most, _stops.Count);
            _live.Add(sample);
            Accept(sample, logits);
        }
    }

    private void Accept(LiveSample sample, float* logits)
    {
        TokenDraw draw = _sampler.Draw(logits, sample.History, ref sample.Stream);
        sample.Append(draw.Id);
        GenerationFinish finish = FinishOf(sample, draw.Id);
        sample.Finished = finish != GenerationFinish.None;
        GeneratedToken token = new(
            sample.Index, draw.Id, (float)draw.BehaviorLogProbability, (float)draw.PlainLogProbability, (float)draw.KeptMass, finish);
        _step.Add(_request.TopLogProbabilities == 0 ? token : token with
        {
            Alternatives = LikelyTokens.Find(new ReadOnlySpan<float>(logits, _batch.Shape.VocabularySize), draw.PlainLogSumExp, _request.TopLogProbabilities),
        });
    }

    private GenerationFinish FinishOf(LiveSample sample, int id)
    {
        if (_endIds.Contains(id))
        {
            return GenerationFinish.EndToken;
        }

        bool stops = _stopIds.Contains(id)
            || (_stops.Count > 0 && !_tokenizer.IsSpecial(id) && _stops.Advance(sample.StopStates, _tokenizer.TokenBytes(id)));
        return stops ? GenerationFinish.StopSequence
            : sample.CompletionLength == _request.MaxTokens ? GenerationFinish.Length
            : sample.Length == _batch.Shape.ContextLength ? GenerationFinish.ContextFull
            : GenerationFinish.None;
    }

    private void RemoveFinished()
    {
        int kept = 0;
        for (int i = 0; i < _live.Count; i++)
        {
            if (_live[i].Finished)
            {
                _live[i].Dispose();
            }
            else
            {
                _live[kept++] = _live[i];
            }
        }

        _live.RemoveRange(kept, _live.Count - kept);
    }

    private sealed class Prefill(PromptSamples prompt, int[] tokens, KvSequence cache, int firstSample)
    {
        public PromptSamples Prompt { get; } = prompt;

        public int[] Tokens { get; } = tokens;

        public KvSequence? Cache { get; set; } = cache;

        public int FirstSample { get; } = firstSample;

        public int Fed { get; set; }

        public int LogitRow { get; set; }
    }
}
