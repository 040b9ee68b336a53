using Agents.Models.Adapters;
using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Models.Generation;
using Agents.Models.Serving;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Models.Tests.Serving;

/// <summary>A scheduler over the seeded model that steps when the test says so, on the test's thread.</summary>
internal sealed class ServingRig : IDisposable
{
    private static readonly ITokenizer Tokenizer = new BytePairTokenizer(VocabularyPadding.PadTo(SeededModel.Tokenizer, SeededModel.Shape().VocabularySize));

    private readonly DecoderWeights<float> _weights = SeededModel.Weights();
    private readonly ComputePool _threads;
    private readonly SimdKernels _kernels;
    private readonly RopeTables<float> _rope;
    private readonly RowBatch _batch;
    private readonly AdapterRegistry _adapters;
    private readonly List<GenerationJob> _jobs = [];

    public ServingRig(int rows = 64, int threads = 1, long positions = 1 << 20, int pagePositions = 16, bool prefixCache = true)
    {
        _threads = new ComputePool(new ComputePoolOptions { Threads = threads });
        _kernels = new SimdKernels(_threads);
        _weights.Pack(_kernels);
        _rope = new RopeTables<float>(_weights.Shape);
        _batch = new RowBatch(_weights, _kernels, _rope, rows);
        Pool = new KvPagePool(_weights.Shape, new KvCacheOptions { PagePositions = pagePositions, MaximumPositions = positions });
        Scheduler = new BatchScheduler(_batch, Pool, prefixCache, _kernels.Threads, new ServingCounters());
        _adapters = new AdapterRegistry(_weights.Shape);
    }

    public KvPagePool Pool { get; }

    public BatchScheduler Scheduler { get; }

    public ServingStatistics Statistics => Scheduler.Counters.Snapshot();

    public static GenerationRequest Request(int[] prompt, int maxTokens, int samples = 1, ulong seed = 1) => new()
    {
        Prompts = [PromptSamples.Create(prompt, seed, 0, samples)],
        MaxTokens = maxTokens,
        IgnoreEndTokens = true,
    };

    /// <summary>A prompt whose tokens follow from a seed; prompts of two seeds differ from the start.</summary>
    public static int[] Prompt(ulong seed, int length)
    {
        SampleStream stream = new(seed, 99);
        var prompt = new int[length];
        for (int i = 0; i < length; i++)
        {
            prompt[i] = stream.NextInt(300);
        }

        return prompt;
    }

    public GenerationJob Create(GenerationRequest request) =>
        new(request, _weights.Shape, Tokenizer, _kernels, _adapters, Scheduler.Counters, static () => { }, constraint: null);

    public GenerationJob Submit(GenerationRequest request)
    {
        GenerationJob job = Create(request);
        Assert.True(Scheduler.Counters.TryEnterQueue(int.MaxValue));
        Scheduler.Submit(job);
        _jobs.Add(job);
        return job;
    }

    public static List<GeneratedToken> Read(GenerationJob job)
    {
        List<GeneratedToken> tokens = [];
        while (job.Tokens.TryRead(out GeneratedToken token))
        {
            tokens.Add(token);
        }

        return tokens;
    }

    /// <summary>Steps until nothing is left to do, with a reader that keeps up.</summary>
    public Dictionary<GenerationJob, List<GeneratedToken>> Finish()
    {
        Dictionary<GenerationJob, List<GeneratedToken>> all = _jobs.ToDictionary(job => job, _ => new List<GeneratedToken>());
        while (Scheduler.Step())
        {
            foreach (GenerationJob job in _jobs)
            {
                all[job].AddRange(Read(job));
            }
        }

        Assert.False(Scheduler.HasJobs);
        return all;
    }

    /// <summary>The tokens of one request that runs alone.</summary>
    public List<GeneratedToken> Alone(GenerationRequest request)
    {
        GenerationJob job = Submit(request);
        return Finish()[job];
    }

    public static string Numbers(IEnumerable<GeneratedToken> tokens) => string.Join(
        ' ',
        tokens.GroupBy(token => token.Sample).OrderBy(sample => sample.Key).Select(sample => $"[{sample.Key}] " + string.Join(' ', sample.Select(token =>
            $"{token.Id}:{BitConverter.SingleToInt32Bits(token.BehaviorLogProbability):x}:{BitConverter.SingleToInt32Bits(token.PlainLogProbability):x}:{token.Finish}"))));

    public void Dispose()
    {
        Scheduler.EndAll(static _ => new OperationCanceledException());
        Scheduler.Dispose();
        Pool.Dispose();
        _batch.Dispose();
        _rope.Dispose();
        _weights.Dispose();
        _adapters.Dispose();
        _kernels.Dispose();
        _threads.Dispose();
    }
}
