using System.Numerics;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Errors;
using Agents.Training.Optimization;
using Agents.Training.Speed;

namespace Agents.Training.Adapters;

/// <summary>
/// Trains an adapter over a frozen base in any storage: forward through <see cref="DecoderLayer.Forward"/> with the adapter added as serving adds it, backward
/// straight through the rounded activations over decoded tiles of the base. The base is only read. Not safe for concurrent calls.
/// </summary>
/// <typeparam name="T">Element type: float with vector kernels, double with the reference for gradient checks.</typeparam>
public sealed unsafe class AdapterTrainer<T> : ICheckpointedModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string UpdatesSection = "updates";
    private const string ValuesSection = "adapter";
    private const string FirstSection = "first-moments";
    private const string SecondSection = "second-moments";
    private readonly DecoderWeights<T> _weights;
    private readonly LinearRunner<T> _linear;
    private readonly WeightTiles<T> _tiles;
    private readonly RowNorms<T>? _norms;
    private readonly MagnitudeBackward<T>? _magnitudes;
    private readonly AdapterForward<T> _forward;
    private readonly AdapterBackward<T> _backward;
    private readonly DecoderPass<T> _pass;
    private readonly AdapterMemoryChoice _memory;
    private IReadOnlyList<string>? _identity;
    private FrozenAdapters<T>? _beneath;

    /// <summary>Starts an adapter, or continues one.</summary>
    /// <param name="weights">Base; only read, and stays the caller's. May be the weights of a serving model.</param>
    /// <param name="kernels">Kernels to use; not disposed.</param>
    /// <param name="options">Settings; defaults when null.</param>
    /// <param name="start">Adapter to train further, copied; null for a new one. It decides kind, layers, ranks and scales.</param>
    /// <exception cref="ArgumentException">A setting is out of range, a target names no layer, or the adapter is DoRA and changes the head.</exception>
    /// <exception cref="ModelFormatException">The adapter belongs to another model.</exception>
    public AdapterTrainer(DecoderWeights<T> weights, IKernels<T> kernels, AdapterTrainerOptions? options = null, LoraAdapter? start = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(kernels);
        Options = options ?? new AdapterTrainerOptions();
        Options.Validate();
        _weights = weights;
        Kernels = kernels;
        ModelShape shape = weights.Shape;
        int rows = Options.MaximumRows;
        Layout = start is null ? AdapterLayout.Of(shape, Options.Adapter) : AdapterLayout.Of(shape, start);
        _memory = AdapterMemory.Choose(shape, AdapterMemory.BytesOf(weights), Layout, Options, sizeof(T), IsStored);
        Parameters = new AdapterParameters<T>(Layout);
        Gradients = new AdapterParameters<T>(Layout);
        Optimizer = new AdamWOptimizer<T>(Layout.Length, Layout.Ranges, Options.Optimizer);
        int widest = AdapterMemory.Widest(shape);
        _tiles = new WeightTiles<T>(kernels, Options.TileElements, widest);
        if (start is null)
        {
            AdapterValues.Start(Parameters, Options.Adapter.Seed);
        }
        else
        {
            AdapterValues.Copy(start, Parameters);
        }

        if (Layout.Kind == AdapterKind.Dora)
        {
            _norms = new RowNorms<T>(weights, Parameters, _tiles, kernels);
            _magnitudes = new MagnitudeBackward<T>(
                kernels, Parameters, Gradients, _norms, _tiles, Options.Adapter.ExactNormGradient, rows, WeightTiles<T>.Capacity(Options.TileElements, widest));
            _norms.Refresh();
            if (start is null)
            {
                StartMagnitudes();
            }
        }

        _linear = new LinearRunner<T>(kernels);
        _linear.Reserve(weights, rows);
        _forward = new AdapterForward<T>(weights, Parameters, _norms, rows);
        _linear.Extension = _forward;
        _backward = new AdapterBackward<T>(kernels, Parameters, Gradients, _tiles, _magnitudes, rows);
        _pass = new DecoderPass<T>(weights, gradients: null, _backward, _linear, rows, _memory.RecomputeLayers, _memory.ChunkRows, Layout.LowestLayer(shape));
    }

    /// <inheritdoc/>
    public ModelShape Shape => _weights.Shape;

    /// <summary>Gets the settings.</summary>
    public AdapterTrainerOptions Options { get; }

    /// <summary>Gets which weights are trained.</summary>
    public AdapterLayout Layout { get; }

    /// <summary>Gets the values of the adapter.</summary>
    public AdapterParameters<T> Parameters { get; }

    /// <summary>Gets the gradients accumulated since the last update.</summary>
    public AdapterParameters<T> Gradients { get; }

    /// <summary>Gets the optimizer and its moments.</summary>
    public AdamWOptimizer<T> Optimizer { get; }

    /// <summary>Gets the kernels.</summary>
    public IKernels<T> Kernels { get; }

    /// <summary>Gets what is held where, the base included.</summary>
    public MemoryLedger Memory => AdapterMemory.Plan(
        Shape, AdapterMemory.BytesOf(_weights), Layout, Options, sizeof(T), IsStored);

    private bool IsStored => _weights.Tensors.Any(tensor => tensor.Quantized is not null);

    /// <summary>Gets whether the activations of layers are computed again during the backward pass.</summary>
    public bool Recomputes => _memory.RecomputeLayers;

    /// <summary>Gets how many rows of logits exist at once.</summary>
    public int ChunkRows => _memory.ChunkRows;

    /// <summary>Gets or sets what sums up the times of the phases; null (default) for nobody.</summary>
    public StepTimes? Times
    {
        get => _pass.Times;
        set => _pass.Times = value;
    }

    /// <inheritdoc/>
    /// <remarks>Hashes the whole base once, so that a state is never restored over another one.</remarks>
    public IReadOnlyList<string> Identity => _identity ??=
        [.. ModelIdentity.Of(Shape, Options.Optimizer, sizeof(T)), "base = " + WeightHash.Compute(_weights), .. Layout.Identity(), .. _beneath?.Identity ?? []];

    /// <inheritdoc/>
    public double AccumulateGradients(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1)
    {
        ArgumentNullException.ThrowIfNull(loss);
        double value = _pass.Evaluate(batch, loss, context, inverseTemperature, default);
        _pass.Backward(inverseTemperature, ownRows: false);
        return value;
    }

    /// <summary>Runs a packed batch forward and evaluates a loss without gradients.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Counts over all micro-batches of the evaluation.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics.</param>
    /// <returns>This micro-batch's share of the loss.</returns>
    public double Evaluate(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return _pass.Evaluate(batch, loss, context, inverseTemperature, default);
    }

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities) => _pass.LogProbabilities(batch, logProbabilities);

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities, double inverseTemperature) =>
        _pass.LogProbabilities(batch, logProbabilities, inverseTemperature);

    /// <summary>Computes log-probabilities of what is frozen alone, the base and adapters beneath: the reference model of a preference or reinforcement run, without a second copy.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="logProbabilities">[rows], written; 0 where there is no target.</param>
    public void BaseLogProbabilities(PackedBatch batch, Span<float> logProbabilities)
    {
        _linear.Extension = _beneath;
        try
        {
            _pass.LogProbabilities(batch, logProbabilities);
        }
        finally
        {
            _linear.Extension = _forward;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Where the norm is not finite the adapter stays as it is and the gradients are cleared.</remarks>
    public double ApplyGradients(double learningRate)
    {
        long start = Times?.Now() ?? 0;
        double norm = Optimizer.Step(Kernels, Parameters.Data, Gradients.Data, learningRate);
        Gradients.Clear();
        RefreshNorms();
        Times?.Add(StepPhase.Optimizer, start);
        return norm;
    }

    /// <inheritdoc/>
    public void DiscardGradients() => Gradients.Clear();

    /// <summary>
    /// Trains over adapters from now on, which stay as they are and are copied: what is trained is what a mixture of them, in this order, and the trained adapter as its last part serves.
    /// </summary>
    /// <param name="adapters">LoRA adapters with their shares in the mixture; empty for the base alone.</param>
    /// <exception cref="ArgumentException">An adapter, or the trained one, is DoRA: magnitudes scale what lies beneath, so that they cannot be added up.</exception>
    /// <exception cref="ModelFormatException">An adapter belongs to another model.</exception>
    public void LieOver(IReadOnlyList<(LoraAdapter Adapter, float Share)> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        if (adapters.Count > 0 && Layout.Kind == AdapterKind.Dora)
        {
            throw new ArgumentException("A DoRA adapter is trained over the base alone; train LoRA over adapters.", nameof(adapters));
        }

        FrozenAdapters<T>? beneath = adapters.Count == 0 ? null : new FrozenAdapters<T>(Shape, adapters, Options.MaximumRows);
        _beneath?.Dispose();
        _beneath = _forward.Beneath = _backward.Beneath = beneath;
        _identity = null;
    }

    /// <summary>
    /// Starts anew with a new adapter: values drawn from a seed, moments and gradients forgotten, all memory kept. The next steps are those of a trainer made with this seed.
    /// </summary>
    /// <param name="seed">Seed of A; that of the options counts no more.</param>
    public void Restart(ulong seed)
    {
        Forget();
        AdapterValues.Start(Parameters, seed);
        RefreshNorms();
        if (Layout.Kind == AdapterKind.Dora)
        {
            StartMagnitudes();
        }
    }

    /// <summary>Forgets the adapter, its moments and its gradients; all are zero until <see cref="Restart"/>.</summary>
    public void Forget()
    {
        Optimizer.Reset();
        Gradients.Clear();
        Parameters.Clear();
    }

    /// <summary>Computes DoRA's row norms again after values were changed from outside. Nothing for LoRA.</summary>
    public void RefreshNorms() => _norms?.Refresh();

    /// <summary>Copies the trained values into an adapter that serves and is saved.</summary>
    /// <param name="name">Name for people.</param>
    /// <returns>The adapter; the caller disposes it.</returns>
    /// <exception cref="TrainingException">A value is not finite.</exception>
    public LoraAdapter ToAdapter(string name) => AdapterValues.ToAdapter(Parameters, name);

    /// <summary>Writes base and trained adapter, without adapters beneath, as one set of weights: W + s·B·A, and for DoRA the rows scaled to their magnitudes.</summary>
    /// <param name="target">Weights in single precision, holding the base's values; the adapted matrices are overwritten.</param>
    /// <exception cref="ArgumentException">The target has another shape, or matrices that cannot be written.</exception>
    public void MergeInto(DecoderWeights<T> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.IsDense || !TensorPlan.Of(target.Shape).SequenceEqual(TensorPlan.Of(Shape)))
        {
            throw new ArgumentException("Merging writes matrices of the same model in single precision; convert the base with ToSingle.", nameof(target));
        }

        AdapterValues.Merge(Parameters, _weights, _tiles, _norms, Kernels, target);
    }

    /// <inheritdoc/>
    public void SaveTo(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        long bytes = Layout.Length * sizeof(T);
        writer.Add(UpdatesSection, BitConverter.GetBytes(Optimizer.Updates));
        writer.Add(ValuesSection, Parameters.Data, bytes);
        writer.Add(FirstSection, Optimizer.FirstMoments, bytes);
        writer.Add(SecondSection, Optimizer.SecondMoments, bytes);
    }

    /// <inheritdoc/>
    public void LoadFrom(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        long bytes = Layout.Length * sizeof(T);
        reader.Read(ValuesSection, Parameters.Data, bytes);
        reader.Read(FirstSection, Optimizer.FirstMoments, bytes);
        reader.Read(SecondSection, Optimizer.SecondMoments, bytes);
        Optimizer.Updates = BitConverter.ToInt64(reader.Bytes(UpdatesSection));
        Gradients.Clear();
        RefreshNorms();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pass.Dispose();
        _linear.Dispose();
        _beneath?.Dispose();
        _forward.Dispose();
        _backward.Dispose();
        _magnitudes?.Dispose();
        _norms?.Dispose();
        _tiles.Dispose();
        Optimizer.Dispose();
        Gradients.Dispose();
        Parameters.Dispose();
    }

    /// <summary>Magnitudes start as the norms of the base's rows: B is zero.</summary>
    private void StartMagnitudes()
    {
        foreach (AdapterSlot slot in Layout.Slots)
        {
            new ReadOnlySpan<T>(_norms!.Of(slot), slot.Outputs).CopyTo(new Span<T>(Parameters.Magnitude(slot).Data, slot.Outputs));
        }
    }
}
