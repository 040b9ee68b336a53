using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Agents.Models.Cache;
using Agents.Models.Checkpoints;
using Agents.Models.Generation;
using Agents.Models.Scoring;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;

namespace Agents.Models.Decoder;

/// <summary>
/// The embedded language model: a decoder with its tokenizer, in single precision on the CPU. Safe for concurrent calls; requests take turns in the order of
/// arrival, and each runs as one batch on its own thread.
/// </summary>
public sealed class DecoderModel : ILanguageModel, IDisposable
{
    /// <summary>Rotary positions computed at first; a context length is only a claim of the file, and most requests are short.</summary>
    private const int FirstPositions = 4096;

    private readonly DecoderWeights<float> _weights;
    private readonly RopeTables<float> _rope;
    private readonly KvPagePool _pages;
    private readonly RowBatch _batch;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _lifetime = new();
    private bool _disposed;

    /// <summary>Creates a model from weights in memory, packs them for fast products, and hashes them.</summary>
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
        Tokenizer = new BytePairTokenizer(TokenizerDefinition);
        Name = options.Name ?? Shape.Architecture;
        GenerationId = WeightHash.Compute(weights);
        IKernels<float> kernels = options.Kernels ?? DefaultKernels.Single;
        weights.Pack(kernels);
        _weights = weights;
        _rope = new RopeTables<float>(Shape, Math.Min(Shape.ContextLength, FirstPositions));
        _pages = new KvPagePool(Shape, options.Cache);
        _batch = new RowBatch(weights, kernels, _rope, options.MaximumBatchRows, _pages);
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
        try
        {
            return await Task.Run(
                () => new DecoderModel(checkpoint.Weights, checkpoint.Tokenizer, options with { Name = options.Name ?? checkpoint.Name }), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            checkpoint.Weights.Dispose();
            throw;
        }
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
        LanguageModelCapabilities.LogProbabilities | LanguageModelCapabilities.GroupSampling | LanguageModelCapabilities.Scoring;

    /// <inheritdoc/>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        GenerationRequestRules.Require(request, Shape);
        return StreamAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ScoreRequestRules.Require(request, Shape);
        IReadOnlyList<float[]> scores = [];
        await RunInTurnAsync(
            stop =>
            {
                using ContinuationScorer scorer = new(request, _batch);
                scores = scorer.Run(stop);
            },
            cancellationToken).ConfigureAwait(false);
        return scores;
    }

    /// <summary>Ends running requests and frees all memory.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _lifetime.Cancel();
        _turn.Wait();
        _batch.Dispose();
        _pages.Dispose();
        _rope.Dispose();
        _weights.Dispose();
        _lifetime.Dispose();
        _turn.Release();
    }

    private async IAsyncEnumerable<GeneratedToken> StreamAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<GeneratedToken> channel = Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Task work = ProduceAsync(request, channel.Writer, abandoned.Token);
        try
        {
            await foreach (GeneratedToken token in channel.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return token;
            }

            await work.ConfigureAwait(false);
        }
        finally
        {
            // A caller that stops reading ends the work, too; its outcome is of no interest to anybody then.
            await abandoned.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ProduceAsync(GenerationRequest request, ChannelWriter<GeneratedToken> writer, CancellationToken cancellationToken)
    {
        try
        {
            await RunInTurnAsync(stop => Generate(request, writer, stop), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writer.Complete();
        }
    }

    private void Generate(GenerationRequest request, ChannelWriter<GeneratedToken> writer, CancellationToken stop)
    {
        using GenerationRun run = new(request, Tokenizer, _batch);
        while (!run.Done)
        {
            run.Admit(stop);
            Publish(run, writer);
            stop.ThrowIfCancellationRequested();
            run.DecodeStep();
            Publish(run, writer);
        }
    }

    private static void Publish(GenerationRun run, ChannelWriter<GeneratedToken> writer)
    {
        for (int i = 0; i < run.Step.Count; i++)
        {
            writer.TryWrite(run.Step[i]);
        }
    }

    private async Task RunInTurnAsync(Action<CancellationToken> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lifetime.Token);
        await _turn.WaitAsync(linked.Token).ConfigureAwait(false);
        try
        {
            await Task.Factory.StartNew(
                () => work(linked.Token), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
