using System.Numerics;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Checkpoints;
using Agents.Training.Optimization;
using Agents.Training.Speed;

namespace Agents.Training.Backward;

/// <summary>
/// Full-parameter training of a decoder: forward through <see cref="DecoderLayer.Forward"/> (the code that serves), hand-written backward, AdamW. All memory is
/// allocated in the constructor; accumulating and applying gradients allocates nothing. Not safe for concurrent calls.
/// </summary>
/// <typeparam name="T">Element type: float with vector kernels, double with the reference for gradient checks.</typeparam>
public sealed unsafe class DecoderTrainer<T> : ICheckpointedModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string UpdatesSection = "updates";
    private const string WeightsSection = "weights";
    private const string FirstSection = "first-moments";
    private const string SecondSection = "second-moments";
    private readonly LinearRunner<T> _linear;
    private readonly DecoderPass<T> _pass;

    /// <summary>Takes parameters and allocates gradients, moments and workspaces.</summary>
    /// <param name="weights">Parameters; the trainer changes them and disposes them with itself.</param>
    /// <param name="kernels">Kernels to use; not disposed.</param>
    /// <param name="options">Settings; defaults when null.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public DecoderTrainer(DecoderWeights<T> weights, IKernels<T> kernels, DecoderTrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(kernels);
        Options = options ?? new DecoderTrainerOptions();
        Options.Validate();
        Weights = weights.IsDense
            ? weights
            : throw new ArgumentException("Training changes every weight, but these are frozen in their stored types; convert them with ToSingle or load them in single precision.", nameof(weights));
        Kernels = kernels;
        _linear = new LinearRunner<T>(kernels);
        Gradients = new DecoderWeights<T>(weights.Shape);
        Optimizer = new AdamWOptimizer<T>(weights, Options.Optimizer);
        _pass = new DecoderPass<T>(
            weights, Gradients, frozen: null, _linear, Options.MaximumRows, Options.RecomputeLayers, Options.ChunkRows(weights.Shape.VocabularySize));
    }

    /// <inheritdoc/>
    public ModelShape Shape => Weights.Shape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Identity => ModelIdentity.Of(Shape, Options.Optimizer, sizeof(T));

    /// <summary>Gets the settings.</summary>
    public DecoderTrainerOptions Options { get; }

    /// <summary>Gets the parameters.</summary>
    public DecoderWeights<T> Weights { get; }

    /// <summary>Gets the gradients accumulated since the last update.</summary>
    public DecoderWeights<T> Gradients { get; }

    /// <summary>Gets the optimizer and its moments.</summary>
    public AdamWOptimizer<T> Optimizer { get; }

    /// <summary>Gets the kernels.</summary>
    public IKernels<T> Kernels { get; }

    /// <summary>Gets or sets what sums up the times of the phases; null (default) for nobody.</summary>
    public StepTimes? Times
    {
        get => _pass.Times;
        set => _pass.Times = value;
    }

    /// <summary>Gets the gradient of the input embeddings of the last accumulated batch, [rows, hidden]; valid until the next call.</summary>
    public MatrixView<T> InputGradients => _pass.InputGradients;

    /// <inheritdoc/>
    public double AccumulateGradients(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1) =>
        AccumulateGradients(batch, loss, context, inverseTemperature, default);

    /// <summary>Runs a packed batch forward and backward, optionally over input embeddings of the caller instead of those of the tokens.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Counts over the whole optimizer step.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics.</param>
    /// <param name="inputRows">[rows · hidden]; empty for the embeddings of the tokens. The embedding table receives no gradient through given rows.</param>
    /// <returns>This micro-batch's share of the loss.</returns>
    public double AccumulateGradients(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature, ReadOnlySpan<T> inputRows)
    {
        ArgumentNullException.ThrowIfNull(loss);
        double value = _pass.Evaluate(batch, loss, context, inverseTemperature, inputRows);
        _pass.Backward(inverseTemperature, ownRows: !inputRows.IsEmpty);
        return value;
    }

    /// <summary>Runs a packed batch forward and evaluates a loss without gradients.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Counts over all micro-batches of the evaluation.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics.</param>
    /// <param name="inputRows">[rows · hidden] or empty, as in <see cref="AccumulateGradients(PackedBatch, ITokenLoss, in LossContext, double, ReadOnlySpan{T})"/>.</param>
    /// <returns>This micro-batch's share of the loss.</returns>
    public double Evaluate(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature = 1, ReadOnlySpan<T> inputRows = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return _pass.Evaluate(batch, loss, context, inverseTemperature, inputRows);
    }

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities) => _pass.LogProbabilities(batch, logProbabilities);

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities, double inverseTemperature) =>
        _pass.LogProbabilities(batch, logProbabilities, inverseTemperature);

    /// <inheritdoc/>
    /// <remarks>Where the norm is not finite the parameters stay as they are and the gradients are cleared.</remarks>
    public double ApplyGradients(double learningRate)
    {
        long start = Times?.Now() ?? 0;
        double norm = Optimizer.Step(Kernels, Weights, Gradients, learningRate);
        Gradients.Clear();
        Times?.Add(StepPhase.Optimizer, start);
        return norm;
    }

    /// <inheritdoc/>
    public void DiscardGradients() => Gradients.Clear();

    /// <inheritdoc/>
    public void SaveTo(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        long bytes = Weights.Length * sizeof(T);
        writer.Add(UpdatesSection, BitConverter.GetBytes(Optimizer.Updates));
        writer.Add(WeightsSection, Weights.Data, bytes);
        writer.Add(FirstSection, Optimizer.FirstMoments, bytes);
        writer.Add(SecondSection, Optimizer.SecondMoments, bytes);
    }

    /// <inheritdoc/>
    public void LoadFrom(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        long bytes = Weights.Length * sizeof(T);
        reader.Read(WeightsSection, Weights.Data, bytes);
        reader.Read(FirstSection, Optimizer.FirstMoments, bytes);
        reader.Read(SecondSection, Optimizer.SecondMoments, bytes);
        Optimizer.Updates = BitConverter.ToInt64(reader.Bytes(UpdatesSection));
        Gradients.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pass.Dispose();
        _linear.Dispose();
        Optimizer.Dispose();
        Gradients.Dispose();
        Weights.Dispose();
    }
}
