using System.Numerics;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Checkpoints;
using Agents.Training.Optimization;

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
    private readonly T _epsilon;
    private readonly LinearRunner<T> _linear;
    private readonly RopeTables<T> _rope;
    private readonly PackedAttentionPlan<T> _plan = new();
    private readonly ActivationSet<T>[] _sets;
    private readonly LayerActivations<T>[] _activations;
    private readonly LayerGradients<T> _layerGradients;
    private readonly TokenHead<T> _head;
    private readonly AlignedBuffer<T> _residuals;
    private readonly AlignedBuffer<T> _residualGradient;
    private readonly AlignedBuffer<int> _tokens;
    private readonly AlignedBuffer<int> _positions;
    private int _rows;

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
        ModelShape shape = weights.Shape;
        int rows = Options.MaximumRows;
        int layers = shape.Layers.Length;
        _epsilon = T.CreateTruncating(shape.RmsNormEpsilon);
        Gradients = new DecoderWeights<T>(shape);
        Optimizer = new AdamWOptimizer<T>(weights, Options.Optimizer);
        _rope = new RopeTables<T>(shape);
        _sets = Options.RecomputeLayers ? [new ActivationSet<T>(shape, shape.Layers, rows)] : [.. shape.Layers.Select(layer => new ActivationSet<T>(shape, [layer], rows))];
        _activations = new LayerActivations<T>[layers];
        _layerGradients = new LayerGradients<T>(shape, rows);
        _head = new TokenHead<T>(weights, Gradients, _linear, _epsilon, rows, Options.ChunkRows(shape.VocabularySize));
        _residuals = new AlignedBuffer<T>((layers + 1L) * rows * shape.HiddenSize);
        _residualGradient = new AlignedBuffer<T>((long)rows * shape.HiddenSize);
        _tokens = new AlignedBuffer<int>(rows);
        _positions = new AlignedBuffer<int>(rows);
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

    /// <summary>Gets the gradient of the input embeddings of the last accumulated batch, [rows, hidden]; valid until the next call.</summary>
    public MatrixView<T> InputGradients => new(_residualGradient.Data, _rows, Shape.HiddenSize);

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
        Forward(batch, inputRows, inverseTemperature);
        double value = _head.Evaluate(batch, loss, context);
        MatrixView<T> dResidual = InputGradients;
        _head.Backward(inverseTemperature, dResidual);
        for (int index = _activations.Length - 1; index >= 0; index--)
        {
            LayerWeights<T> weights = Weights.Layers[index];
            if (Options.RecomputeLayers && index < _activations.Length - 1)
            {
                RunLayer(index);
            }

            _layerGradients.Bind(weights.Shape, _rows, Shape.HiddenSize, Shape.QueryKeyNorm);
            LayerBackward.Run(
                Kernels, weights, Gradients.Layers[index], _positions.Data, _rope[index].CosSin, _plan, _activations[index], _layerGradients, dResidual);
        }

        if (inputRows.IsEmpty)
        {
            Kernels.ScatterAddRows(dResidual, _tokens.Data, Gradients.Embedding.View);
        }

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
        Forward(batch, inputRows, inverseTemperature);
        return _head.Evaluate(batch, loss, context);
    }

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities) => LogProbabilities(batch, logProbabilities, 1);

    /// <inheritdoc/>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities, double inverseTemperature)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (logProbabilities.Length != batch.Rows)
        {
            throw new ArgumentException($"The result holds {logProbabilities.Length} entries; the batch has {batch.Rows} rows.", nameof(logProbabilities));
        }

        Forward(batch, default, inverseTemperature);
        logProbabilities.Clear();
        int next = 0;
        ReadOnlySpan<TokenStatistic> statistics = _head.Statistics;
        for (int row = 0; row < batch.Rows; row++)
        {
            if (batch.Targets[row] >= 0)
            {
                logProbabilities[row] = (float)statistics[next++].LogProbability;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Where the norm is not finite the parameters stay as they are and the gradients are cleared.</remarks>
    public double ApplyGradients(double learningRate)
    {
        double norm = Optimizer.Step(Kernels, Weights, Gradients, learningRate);
        Gradients.Clear();
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
        Array.ForEach(_sets, set => set.Dispose());
        _linear.Dispose();
        _rope.Dispose();
        _plan.Dispose();
        _layerGradients.Dispose();
        _head.Dispose();
        _residuals.Dispose();
        _residualGradient.Dispose();
        _tokens.Dispose();
        _positions.Dispose();
        Optimizer.Dispose();
        Gradients.Dispose();
        Weights.Dispose();
    }

    private void Forward(PackedBatch batch, ReadOnlySpan<T> inputRows, double inverseTemperature)
    {
        Load(batch, inputRows.Length);
        MatrixView<T> input = Residual(0);
        if (inputRows.IsEmpty)
        {
            _linear.Gather(Weights.Embedding, new ReadOnlySpan<int>(_tokens.Data, _rows), input);
        }
        else
        {
            inputRows.CopyTo(new Span<T>(input.Data, inputRows.Length));
        }

        for (int index = 0; index < _activations.Length; index++)
        {
            RunLayer(index);
        }

        _head.Forward(batch, Residual(_activations.Length), inverseTemperature);
    }

    private void RunLayer(int index)
    {
        LayerWeights<T> weights = Weights.Layers[index];
        ActivationSet<T> set = _sets[Options.RecomputeLayers ? 0 : index];
        _activations[index] = set.Views(weights.Shape, Residual(index), Residual(index + 1));
        DecoderLayer.Forward(_linear, weights, _epsilon, index, _positions.Data, _rope[index].CosSin, _plan, ref _activations[index]);
    }

    private MatrixView<T> Residual(int layer) => new(_residuals.Data + ((long)layer * _rows * Shape.HiddenSize), _rows, Shape.HiddenSize);

    private void Load(PackedBatch batch, int inputLength)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Validate(Shape.VocabularySize);
        if (batch.Rows > Options.MaximumRows)
        {
            throw new ArgumentException($"The batch has {batch.Rows} rows; this trainer takes at most {Options.MaximumRows}. Pack smaller batches or raise MaximumRows.", nameof(batch));
        }

        if (inputLength != 0 && inputLength != (long)batch.Rows * Shape.HiddenSize)
        {
            throw new ArgumentException($"The input rows have {inputLength} values; {batch.Rows} rows of width {Shape.HiddenSize} need {(long)batch.Rows * Shape.HiddenSize}.");
        }

        for (int i = 0; i < batch.Rows; i++)
        {
            if ((uint)batch.Positions[i] >= (uint)_rope.Positions)
            {
                throw new ArgumentException($"Row {i} has position {batch.Positions[i]}; the context of this model has positions 0 to {_rope.Positions - 1}.", nameof(batch));
            }
        }

        _rows = batch.Rows;
        batch.TokenIds.CopyTo(_tokens.Span);
        batch.Positions.CopyTo(_positions.Span);
        _plan.SetBatch(batch);
    }
}
