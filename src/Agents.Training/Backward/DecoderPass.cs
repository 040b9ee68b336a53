using System.Numerics;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Speed;

namespace Agents.Training.Backward;

/// <summary>
/// Forward and backward of a packed batch through embedding, layers and head, with all memory that this takes: what trainers of all weights and trainers of
/// adapters share. Allocates nothing after construction, except where the kernels' buffers grow.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class DecoderPass<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rotary positions computed at first; a context length is only a claim of the file, and most sequences are short.</summary>
    private const int FirstPositions = 4096;

    private readonly DecoderWeights<T> _weights;
    private readonly DecoderWeights<T>? _gradients;
    private readonly ILinearBackward<T>? _frozen;
    private readonly IKernels<T> _kernels;
    private readonly int _maximumRows;
    private readonly bool _recompute;
    private readonly int _lowest;
    private readonly T _epsilon;
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

    /// <summary>Allocates the memory.</summary>
    /// <param name="weights">Parameters; not disposed.</param>
    /// <param name="gradients">Receives the gradients of all parameters; null when they are frozen.</param>
    /// <param name="frozen">Backward of the linear layers when the parameters are frozen; otherwise null.</param>
    /// <param name="linear">Runs linear layers; holds the kernels to use. Not disposed.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    /// <param name="recompute">Whether only the inputs of layers are kept.</param>
    /// <param name="chunkRows">Most rows of logits at once.</param>
    /// <param name="lowest">Lowest layer with something to train; the gradient stops there.</param>
    public DecoderPass(
        DecoderWeights<T> weights, DecoderWeights<T>? gradients, ILinearBackward<T>? frozen, LinearRunner<T> linear, int maximumRows, bool recompute, int chunkRows, int lowest = 0)
    {
        _weights = weights;
        _lowest = lowest;
        _gradients = gradients;
        _frozen = frozen;
        Linear = linear;
        _kernels = linear.Kernels;
        _maximumRows = maximumRows;
        _recompute = recompute;
        ModelShape shape = weights.Shape;
        int layers = shape.Layers.Length;
        _epsilon = T.CreateTruncating(shape.RmsNormEpsilon);
        _rope = new RopeTables<T>(shape, Math.Min(shape.ContextLength, FirstPositions));
        _sets = recompute ? [new ActivationSet<T>(shape, shape.Layers, maximumRows)] : [.. shape.Layers.Select(layer => new ActivationSet<T>(shape, [layer], maximumRows))];
        _activations = new LayerActivations<T>[layers];
        _layerGradients = new LayerGradients<T>(shape, maximumRows);
        _head = new TokenHead<T>(weights, gradients, frozen, linear, _epsilon, maximumRows, chunkRows);
        _residuals = new AlignedBuffer<T>((layers + 1L) * maximumRows * shape.HiddenSize);
        _residualGradient = new AlignedBuffer<T>((long)maximumRows * shape.HiddenSize);
        _tokens = new AlignedBuffer<int>(maximumRows);
        _positions = new AlignedBuffer<int>(maximumRows);
    }

    /// <summary>Gets what runs linear layers.</summary>
    public LinearRunner<T> Linear { get; }

    /// <summary>Gets or sets what sums up the times of the phases; null for nobody.</summary>
    public StepTimes? Times { get; set; }

    /// <summary>Gets the gradient of the input embeddings of the last batch, [rows, hidden]; that of the input of the lowest trained layer, where that is not the first.</summary>
    public MatrixView<T> InputGradients => new(_residualGradient.Data, _rows, _weights.Shape.HiddenSize);

    /// <summary>Runs a batch forward and evaluates a loss.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="context">Counts over the whole step.</param>
    /// <param name="inverseTemperature">Inverse temperature of the statistics.</param>
    /// <param name="inputRows">[rows · hidden]; empty for the embeddings of the tokens.</param>
    public double Evaluate(PackedBatch batch, ITokenLoss loss, in LossContext context, double inverseTemperature, ReadOnlySpan<T> inputRows)
    {
        Forward(batch, inputRows, inverseTemperature);
        long start = Times?.Now() ?? 0;
        double value = _head.Evaluate(batch, loss, context);
        Times?.Add(StepPhase.Head, start);
        return value;
    }

    /// <summary>Runs the batch of <see cref="Evaluate"/> backward.</summary>
    /// <param name="inverseTemperature">As in the forward pass.</param>
    /// <param name="ownRows">Whether the input rows were the caller's; then the embedding receives no gradient.</param>
    public void Backward(double inverseTemperature, bool ownRows)
    {
        MatrixView<T> dResidual = InputGradients;
        long at = Times?.Now() ?? 0;
        _head.Backward(inverseTemperature, dResidual);
        at = Times?.Add(StepPhase.Head, at) ?? 0;
        for (int index = _activations.Length - 1; index >= _lowest; index--)
        {
            LayerWeights<T> weights = _weights.Layers[index];
            if (_recompute && index < _activations.Length - 1)
            {
                RunLayer(index, again: true);
                at = Times?.Add(StepPhase.Recomputation, at) ?? 0;
            }

            _layerGradients.Bind(weights.Shape, _rows, _weights.Shape.HiddenSize, _weights.Shape.QueryKeyNorm);
            LayerBackward.Run(
                _kernels, weights, _gradients?.Layers[index], _frozen, _positions.Data, _rope[index].CosSin, _plan, _activations[index], _layerGradients, dResidual);
            at = Times?.Add(StepPhase.Backward, at) ?? 0;
        }

        if (!ownRows && _gradients is not null)
        {
            _kernels.ScatterAddRows(dResidual, _tokens.Data, _gradients.Embedding.View);
            Times?.Add(StepPhase.Backward, at);
        }
    }

    /// <summary>Runs a batch forward only.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="logProbabilities">[rows], receives the log-probability of each target; 0 where there is none.</param>
    /// <param name="inverseTemperature">Factor on the logits.</param>
    /// <exception cref="ArgumentException">The result has another length than the batch, or the batch does not fit.</exception>
    public void LogProbabilities(PackedBatch batch, Span<float> logProbabilities, double inverseTemperature = 1)
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
    public void Dispose()
    {
        Array.ForEach(_sets, set => set.Dispose());
        _rope.Dispose();
        _plan.Dispose();
        _layerGradients.Dispose();
        _head.Dispose();
        _residuals.Dispose();
        _residualGradient.Dispose();
        _tokens.Dispose();
        _positions.Dispose();
    }

    private void Forward(PackedBatch batch, ReadOnlySpan<T> inputRows, double inverseTemperature)
    {
        Load(batch, inputRows.Length);
        long at = Times?.Now() ?? 0;
        MatrixView<T> input = Residual(0);
        if (inputRows.IsEmpty)
        {
            Linear.Gather(_weights.Embedding, new ReadOnlySpan<int>(_tokens.Data, _rows), input);
        }
        else
        {
            inputRows.CopyTo(new Span<T>(input.Data, inputRows.Length));
        }

        for (int index = 0; index < _activations.Length; index++)
        {
            RunLayer(index);
        }

        at = Times?.Add(StepPhase.Forward, at) ?? 0;
        _head.Forward(batch, Residual(_activations.Length), inverseTemperature);
        Times?.Add(StepPhase.Head, at);
    }

    private void RunLayer(int index, bool again = false)
    {
        LayerWeights<T> weights = _weights.Layers[index];
        ActivationSet<T> set = _sets[_recompute ? 0 : index];
        _activations[index] = set.Views(weights.Shape, Residual(index), Residual(index + 1));
        DecoderLayer.Forward(Linear, weights, _epsilon, index, _positions.Data, _rope[index].CosSin, _plan, ref _activations[index], known: again);
    }

    private MatrixView<T> Residual(int layer) => new(_residuals.Data + ((long)layer * _rows * _weights.Shape.HiddenSize), _rows, _weights.Shape.HiddenSize);

    private void Load(PackedBatch batch, int inputLength)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int hidden = _weights.Shape.HiddenSize;
        batch.Validate(_weights.Shape.VocabularySize);
        if (batch.Rows > _maximumRows)
        {
            throw new ArgumentException($"The batch has {batch.Rows} rows; this trainer takes at most {_maximumRows}. Pack smaller batches or raise MaximumRows.", nameof(batch));
        }

        if (inputLength != 0 && inputLength != (long)batch.Rows * hidden)
        {
            throw new ArgumentException($"The input rows have {inputLength} values; {batch.Rows} rows of width {hidden} need {(long)batch.Rows * hidden}.");
        }

        int last = 0;
        int context = _weights.Shape.ContextLength;
        for (int i = 0; i < batch.Rows; i++)
        {
            if ((uint)batch.Positions[i] >= (uint)context)
            {
                throw new ArgumentException($"Row {i} has position {batch.Positions[i]}; the context of this model has positions 0 to {context - 1}.", nameof(batch));
            }

            last = Math.Max(last, batch.Positions[i]);
        }

        _rope.Reserve(last + 1);
        _rows = batch.Rows;
        batch.TokenIds.CopyTo(_tokens.Span);
        batch.Positions.CopyTo(_positions.Span);
        _plan.SetBatch(batch);
    }
}
