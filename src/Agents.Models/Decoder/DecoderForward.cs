using System.Numerics;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>
/// Inference over a batch of rows: embedding (or rows given by the caller), layers, last norm, and logits for chosen rows only. All layers share one set of
/// buffers, allocated once; a call allocates nothing. Not safe for concurrent calls.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class DecoderForward<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecoderWeights<T> _weights;
    private readonly LinearRunner<T> _linear;
    private readonly RopeTables<T> _rope;
    private readonly T _epsilon;
    private readonly AlignedBuffer<T> _residual;
    private readonly AlignedBuffer<T> _normed;
    private readonly AlignedBuffer<T> _queries;
    private readonly AlignedBuffer<T> _keys;
    private readonly AlignedBuffer<T> _values;
    private readonly AlignedBuffer<T> _attention;
    private readonly AlignedBuffer<T> _gate;
    private readonly AlignedBuffer<T> _up;
    private readonly AlignedBuffer<T> _logits;
    private readonly AlignedBuffer<int> _indices;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="weights">Parameters; packed ones are faster.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="rope">Rotary tables of the same model.</param>
    /// <param name="maximumRows">Most rows per call.</param>
    /// <param name="maximumLogitRows">Most rows whose logits are computed per call.</param>
    public DecoderForward(DecoderWeights<T> weights, IKernels<T> kernels, RopeTables<T> rope, int maximumRows, int maximumLogitRows)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(rope);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumRows);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumLogitRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumLogitRows, maximumRows);
        _weights = weights;
        _linear = new LinearRunner<T>(kernels);
        _linear.Reserve(weights, maximumRows);
        _rope = rope;
        _epsilon = T.CreateTruncating(weights.Shape.RmsNormEpsilon);
        MaximumRows = maximumRows;
        MaximumLogitRows = maximumLogitRows;
        long rows = maximumRows;
        ModelShape shape = weights.Shape;
        _residual = new AlignedBuffer<T>(rows * shape.HiddenSize);
        _normed = new AlignedBuffer<T>(rows * shape.HiddenSize);
        _queries = new AlignedBuffer<T>(rows * Widest(shape, layer => layer.QueryWidth));
        _attention = new AlignedBuffer<T>(rows * Widest(shape, layer => layer.QueryWidth));
        _keys = new AlignedBuffer<T>(rows * Widest(shape, layer => layer.KeyValueWidth));
        _values = new AlignedBuffer<T>(rows * Widest(shape, layer => layer.KeyValueWidth));
        _gate = new AlignedBuffer<T>(rows * Widest(shape, layer => layer.FeedForwardSize));
        _up = new AlignedBuffer<T>(rows * Widest(shape, layer => layer.FeedForwardSize));
        _logits = new AlignedBuffer<T>((long)maximumLogitRows * shape.VocabularySize);
        _indices = new AlignedBuffer<int>(rows);
    }

    /// <summary>Gets the most rows per call.</summary>
    public int MaximumRows { get; }

    /// <summary>Gets the most rows whose logits are computed per call.</summary>
    public int MaximumLogitRows { get; }

    /// <summary>Gets or sets what adds to the linear layers, head included; null for nothing. Changes between calls.</summary>
    public ILinearExtension<T>? Extension
    {
        get => _linear.Extension;
        set => _linear.Extension = value;
    }

    /// <summary>Gets or sets what reads or changes the residual stream; null for nothing. Changes between calls.</summary>
    public IResidualTap<T>? Tap { get; set; }

    /// <summary>Returns the residual stream, where callers may put input embeddings of their own before <see cref="RunLayers"/> and read results after it.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <returns>[rows, hidden].</returns>
    public MatrixView<T> Residual(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaximumRows);
        return new MatrixView<T>(_residual.Data, rows, _weights.Shape.HiddenSize);
    }

    /// <summary>Runs token ids through the whole model.</summary>
    /// <param name="tokenIds">[rows].</param>
    /// <param name="positions">[rows].</param>
    /// <param name="plan">Which keys each row sees.</param>
    /// <param name="logitRows">Rows whose logits are wanted.</param>
    /// <returns>[logit rows, vocabulary]; valid until the next call.</returns>
    public MatrixView<T> Run(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> positions, IAttentionPlan<T> plan, ReadOnlySpan<int> logitRows)
    {
        Embed(tokenIds);
        RunLayers(positions, plan);
        return Logits(logitRows, tokenIds.Length);
    }

    /// <summary>Fills the residual stream with token embeddings.</summary>
    /// <param name="tokenIds">[rows].</param>
    /// <exception cref="ArgumentException">An id is outside the vocabulary.</exception>
    public void Embed(ReadOnlySpan<int> tokenIds)
    {
        MatrixView<T> residual = Residual(tokenIds.Length);
        RequireInside(tokenIds, _weights.Shape.VocabularySize, "token id");
        _linear.Gather(_weights.Embedding, tokenIds, residual);
    }

    /// <summary>Runs the layers over the residual stream.</summary>
    /// <param name="positions">[rows], position of each row for RoPE.</param>
    /// <param name="plan">Which keys each row sees.</param>
    /// <exception cref="ArgumentException">A position is outside the rotary table.</exception>
    public void RunLayers(ReadOnlySpan<int> positions, IAttentionPlan<T> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        MatrixView<T> residual = Residual(positions.Length);
        RequireInside(positions, _rope.Positions, "position");
        int* at = Indices(positions);
        Tap?.Visit(-1, positions, residual);
        for (int index = 0; index < _weights.Layers.Length; index++)
        {
            LayerActivations<T> x = Activations(residual, _weights.Layers[index].Shape);
            DecoderLayer.Forward(_linear, _weights.Layers[index], _epsilon, index, at, _rope[index].CosSin, plan, ref x);
            Tap?.Visit(index, positions, residual);
        }
    }

    /// <summary>Applies the last norm and the head to some rows of the residual stream.</summary>
    /// <param name="rows">Indices of the rows.</param>
    /// <param name="rowCount">Rows that the residual stream holds.</param>
    /// <returns>[rows, vocabulary]; valid until the next call.</returns>
    public MatrixView<T> Logits(ReadOnlySpan<int> rows, int rowCount)
    {
        if (rows.IsEmpty)
        {
            return default;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, MaximumLogitRows);
        RequireInside(rows, rowCount, "row");
        MatrixView<T> chosen = new(_normed.Data, rows.Length, _weights.Shape.HiddenSize);
        _linear.Kernels.GatherRows(Residual(rowCount), Indices(rows), chosen);
        MatrixView<T> logits = new(_logits.Data, rows.Length, _weights.Shape.VocabularySize);
        _linear.NormMultiply(chosen, _weights.FinalNorm, _epsilon, chosen, null, [new(_weights.Head, null, logits)], rows);
        return logits;
    }

    /// <summary>Applies the last norm to some rows of the residual stream (embeddings).</summary>
    /// <param name="rows">Indices of the rows.</param>
    /// <param name="rowCount">Rows that the residual stream holds.</param>
    /// <returns>[rows, hidden]; valid until the next call.</returns>
    public MatrixView<T> Hidden(ReadOnlySpan<int> rows, int rowCount)
    {
        RequireInside(rows, rowCount, "row");
        MatrixView<T> chosen = new(_normed.Data, rows.Length, _weights.Shape.HiddenSize);
        _linear.Kernels.GatherRows(Residual(rowCount), Indices(rows), chosen);
        _linear.Kernels.RmsNorm(chosen, _weights.FinalNorm.Data, _epsilon, chosen, null);
        return chosen;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _linear.Dispose();
        _residual.Dispose();
        _normed.Dispose();
        _queries.Dispose();
        _keys.Dispose();
        _values.Dispose();
        _attention.Dispose();
        _gate.Dispose();
        _up.Dispose();
        _logits.Dispose();
        _indices.Dispose();
    }

    private static int Widest(ModelShape shape, Func<LayerShape, int> width) => shape.Layers.Select(width).DefaultIfEmpty(0).Max();

    private static void RequireInside(ReadOnlySpan<int> values, int end, string what)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)end)
            {
                throw new ArgumentException($"Row {i} has {what} {values[i]}; expected 0 to {end - 1}.");
            }
        }
    }

    private int* Indices(ReadOnlySpan<int> values)
    {
        values.CopyTo(_indices.Span);
        return _indices.Data;
    }

    private LayerActivations<T> Activations(MatrixView<T> residual, LayerShape layer)
    {
        int rows = residual.Rows;
        MatrixView<T> normed = new(_normed.Data, rows, residual.Columns);
        MatrixView<T> queries = new(_queries.Data, rows, layer.QueryWidth);
        MatrixView<T> keys = new(_keys.Data, rows, layer.KeyValueWidth);
        MatrixView<T> gate = new(_gate.Data, rows, layer.FeedForwardSize);
        return new LayerActivations<T>
        {
            Input = residual,
            AttentionInput = normed,
            RawQueries = queries,
            RawKeys = keys,
            Queries = queries,
            Keys = keys,
            Values = new MatrixView<T>(_values.Data, rows, layer.KeyValueWidth),
            AttentionOutput = new MatrixView<T>(_attention.Data, rows, layer.QueryWidth),
            AfterAttention = residual,
            FeedForwardInput = normed,
            Gate = gate,
            Up = new MatrixView<T>(_up.Data, rows, layer.FeedForwardSize),
            Product = gate,
            Output = residual,
        };
    }
}
