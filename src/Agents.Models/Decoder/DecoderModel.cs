using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Agents.Models.Adapters;
using Agents.Models.Cache;
using Agents.Models.Checkpoints;
using Agents.Models.Constraints;
using Agents.Models.Generation;
using Agents.Models.Scoring;
using Agents.Models.Serving;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;

namespace Agents.Models.Decoder;

/// <summary>
/// The embedded language model: a decoder with its tokenizer, in single precision on the CPU. Safe for concurrent calls: requests that run at the same time share
/// batches (<see cref="BatchScheduler"/>), and none of them sees that in its numbers.
/// </summary>
public sealed partial class DecoderModel : ILanguageModel, IDisposable
{
    /// <summary>Rotary positions computed at first; a context length is only a claim of the file, and most requests are short.</summary>
    private const int FirstPositions = 4096;

    /// <summary>Tokens from which loading ends with a garbage collection.</summary>
    private const int LargeVocabulary = 1 << 15;

    private readonly DecoderWeights<float> _weights;
    private readonly RopeTables<float> _rope;
    private readonly KvPagePool _pages;
    private readonly RowBatch _batch;
    private readonly ConstraintCompiler _constraints;
    private readonly IKernels<float> _kernels;
    private readonly ServingCounters _counters = new();
    private readonly BatchScheduler _scheduler;
    private readonly EngineLoop _engine;
    private bool _disposed;

    /// <summary>Creates a model from weights in memory, packs them for fast products, and hashes them unless told their generation.</summary>
    /// <param name="weights">Parameters; owned by the model from now on and not to be changed.</param>
    /// <param name="tokenizer">The tokenizer's data.</param>
    /// <param name="options">How to run; null for defaults.</param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the embedding has rows, or an option is out of range.</exception>
    public DecoderModel(DecoderWeights<float> weights, TokenizerDefinition tokenizer, DecoderModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new DecoderModelOptions();
        options.Validate();
        Shape = weights.Shape;
        TokenizerDefinition = VocabularyPadding.PadTo(tokenizer, Shape.VocabularySize);
        Tokenizer = Tokenizers.Create(TokenizerDefinition);
        _constraints = new ConstraintCompiler(Tokenizer, id => TokenizerDefinition.KindOf(id) != TokenKind.Unused);
        Name = options.Name ?? Shape.Architecture;
        GenerationId = options.GenerationId ?? WeightHash.Compute(weights);
        IKernels<float> kernels = options.Kernels ?? DefaultKernels.Single;
        weights.Pack(kernels);
        _weights = weights;
        _rope = new RopeTables<float>(Shape, Math.Min(Shape.ContextLength, FirstPositions));
        _kernels = kernels;
        _pages = new KvPagePool(Shape, options.Cache);
        _batch = new RowBatch(weights, kernels, _rope, options.MaximumBatchRows);
        _scheduler = new BatchScheduler(_batch, _pages, options.PrefixCache, (kernels as SimdKernels)?.Threads, _counters);
        _engine = new EngineLoop(_scheduler, options.MaximumQueuedRequests, options.Time);
        Adapters = new AdapterRegistry(weights, kernels) { Unloaded = _engine.Forget };
    }

    /// <summary>Loads a GGUF file or a Hugging Face folder.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="options">How to run; null for defaults.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or of an unsupported model; the message names file, place, found and expected.</exception>
    public static async Task<DecoderModel> LoadAsync(string path, DecoderModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new DecoderModelOptions();
        DecoderCheckpoint checkpoint = await DecoderCheckpoint.LoadAsync(
            path, new CheckpointLoadOptions { Storage = options.Storage, Kernels = options.Kernels }, cancellationToken).ConfigureAwait(false);
        DecoderModel model;
        try
        {
            model = await Task.Run(
                () => new DecoderModel(checkpoint.Weights, checkpoint.Tokenizer, options with { Name = options.Name ?? checkpoint.Name }), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            checkpoint.Weights.Dispose();
            throw;
        }

        CollectWhatLoadingLeft(model.Shape.VocabularySize);
        return model;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string GenerationId { get; }

    /// <inheritdoc/>
    public ModelShape Shape { get; }

    /// <inheritdoc/>
    public ITokenizer Tokenizer { get; }

    /// <summary>Gets the tokenizer's data, one entry per embedding row, with the chat template.</summary>
    public TokenizerDefinition TokenizerDefinition { get; }

    /// <summary>Gets the parameters, for saving and for copies. Read only.</summary>
    public DecoderWeights<float> Weights => _weights;

    /// <inheritdoc/>
    public LanguageModelCapabilities Capabilities =>
        LanguageModelCapabilities.LogProbabilities | LanguageModelCapabilities.GroupSampling | LanguageModelCapabilities.Scoring
        | LanguageModelCapabilities.Adapters | LanguageModelCapabilities.Grammar;

    /// <summary>Gets the kernels it runs with, which trainers of adapters over these weights share.</summary>
    public IKernels<float> Kernels => _kernels;

    /// <summary>Gets the adapters that requests may name in <see cref="PromptSamples.Adapters"/>.</summary>
    public AdapterRegistry Adapters { get; }

    /// <inheritdoc/>
    public string GenerationIdOf(IReadOnlyList<AdapterUse> adapters)
    {
        using AdapterMixture? mixture = Adapters.Resolve(adapters);
        return mixture is null ? GenerationId : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{GenerationId} {mixture.Key}")));
    }

    /// <summary>Returns what the model is doing and has done; numbers may be a step old.</summary>
    public ServingStatistics Statistics() => _counters.Snapshot();

    /// <inheritdoc/>
    /// <exception cref="CacheTooSmallException">A sample could not fit into <see cref="DecoderModelOptions.Cache"/> even alone.</exception>
    /// <exception cref="ConstraintException">The constraint cannot be compiled.</exception>
    /// <exception cref="QueueFullException">Too many requests wait; raised when reading begins.</exception>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        GenerationRequestRules.Require(request, Shape);
        foreach (PromptSamples prompt in request.Prompts)
        {
            CacheTooSmallException.ThrowIfTooSmall(_pages, (int)Math.Min(Shape.ContextLength, prompt.TokenIds.Count + (long)request.MaxTokens));

            // Unknown adapters are refused here; they are held from the start of reading on.
            Adapters.Resolve(prompt.Adapters)?.Dispose();
        }

        CompiledConstraint? constraint = request.Constraint is { } wanted ? _constraints.Compile(wanted) : null;
        return StreamAsync(request, constraint, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="CacheTooSmallException">A continuation could not fit into <see cref="DecoderModelOptions.Cache"/> even alone.</exception>
    /// <exception cref="ConstraintException">The constraint cannot be compiled.</exception>
    /// <exception cref="QueueFullException">Too many requests wait.</exception>
    public async ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ScoreRequestRules.Require(request, Shape);
        cancellationToken.ThrowIfCancellationRequested();
        CacheTooSmallException.ThrowIfTooSmall(_pages, request.PrefixTokenIds.Count + request.Continuations.Select(continuation => continuation.Count).DefaultIfEmpty(0).Max());
        ScoringJob job = new(request, _kernels, Adapters);
        Submit(job);
        using (CancelWith(job, cancellationToken))
        {
            await job.Ended.ConfigureAwait(false);
        }

        return await job.Result.ConfigureAwait(false);
    }

    /// <summary>Ends running requests and frees all memory.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _engine.Dispose();
        _scheduler.Dispose();
        _batch.Dispose();
        _pages.Dispose();
        _rope.Dispose();
        _weights.Dispose();
    }

    // Reading a large vocabulary leaves tens of MiB behind. Serving hardly allocates and weights are no managed memory, so nothing else would collect it for hours.
    private static void CollectWhatLoadingLeft(int vocabulary)
    {
        if (vocabulary >= LargeVocabulary)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private async IAsyncEnumerable<GeneratedToken> StreamAsync(GenerationRequest request, CompiledConstraint? constraint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GenerationJob job = new(request, Shape, Tokenizer, _kernels, Adapters, _counters, _engine.Wake, constraint);
        Submit(job);
        try
        {
            using CancellationTokenRegistration registration = CancelWith(job, cancellationToken);
            while (await job.Tokens.WaitAsync().ConfigureAwait(false))
            {
                while (job.Tokens.TryRead(out GeneratedToken token))
                {
                    yield return token;
                }
            }
        }
        finally
        {
            // A caller that stops reading ends the request, too, and is told only when its memory is free again.
            _engine.Cancel(job);
            await job.Ended.ConfigureAwait(false);
        }
    }

    private void Submit(EngineJob job)
    {
        try
        {
            _engine.Submit(job);
        }
        catch (Exception error)
        {
            job.End(error);
            throw;
        }
    }

    private CancellationTokenRegistration CancelWith(EngineJob job, CancellationToken cancellationToken)
    {
        job.Cancellation = new OperationCanceledException(cancellationToken);
        return cancellationToken.UnsafeRegister(_ => _engine.Cancel(job), null);
    }
}
