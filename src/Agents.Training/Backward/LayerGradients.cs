using Agents.Models;
using Agents.Numerics.Memory;

namespace Agents.Training.Backward;

/// <summary>
/// Memory for the gradients inside one layer, shared by all layers. Gradients of products that share their input (queries, keys, values; gate, up) lie side by
/// side in one matrix where that is possible, so that one product serves them all.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class LayerGradients<T> : IDisposable
    where T : unmanaged
{
    private readonly AlignedBuffer<T> _projections;
    private readonly AlignedBuffer<T> _feedForward;
    private readonly AlignedBuffer<T> _attention;
    private readonly AlignedBuffer<T> _normed;

    /// <summary>Allocates for a model.</summary>
    /// <param name="model">Architecture and sizes.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    public LayerGradients(ModelShape model, int maximumRows)
    {
        long rows = maximumRows;
        _projections = new AlignedBuffer<T>(rows * model.Layers.Select(l => l.QueryWidth + (2 * l.KeyValueWidth)).DefaultIfEmpty(0).Max());
        _feedForward = new AlignedBuffer<T>(rows * model.Layers.Select(l => 2 * l.FeedForwardSize).DefaultIfEmpty(0).Max());
        _attention = new AlignedBuffer<T>(rows * model.Layers.Select(l => l.QueryWidth).DefaultIfEmpty(0).Max());
        _normed = new AlignedBuffer<T>(rows * model.HiddenSize);
    }

    /// <summary>Returns the elements that the memory takes.</summary>
    /// <param name="model">Architecture and sizes.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    public static long Elements(ModelShape model, int maximumRows)
    {
        long widest = model.Layers.Select(l => l.QueryWidth + (2L * l.KeyValueWidth)).DefaultIfEmpty(0).Max()
            + model.Layers.Select(l => 2L * l.FeedForwardSize).DefaultIfEmpty(0).Max()
            + model.Layers.Select(l => (long)l.QueryWidth).DefaultIfEmpty(0).Max();
        return maximumRows * (widest + model.HiddenSize);
    }

    /// <summary>Gradient of queries, keys and values side by side, [rows, query width + 2 · key/value width]; meaningless when they are apart.</summary>
    public MatrixView<T> Projections { get; private set; }

    /// <summary>Gradient of the queries, [rows, query width].</summary>
    public MatrixView<T> Queries { get; private set; }

    /// <summary>Gradient of the keys, [rows, key/value width].</summary>
    public MatrixView<T> Keys { get; private set; }

    /// <summary>Gradient of the values, [rows, key/value width].</summary>
    public MatrixView<T> Values { get; private set; }

    /// <summary>Gradient of gate and up side by side, [rows, 2 · feed-forward].</summary>
    public MatrixView<T> GateUp { get; private set; }

    /// <summary>Gradient of the gate, [rows, feed-forward].</summary>
    public MatrixView<T> Gate { get; private set; }

    /// <summary>Gradient of silu(gate) ⊙ up, then of the up projection, [rows, feed-forward].</summary>
    public MatrixView<T> Up { get; private set; }

    /// <summary>Gradient of the attention output, [rows, query width].</summary>
    public MatrixView<T> AttentionOutput { get; private set; }

    /// <summary>Gradient of a norm's output, [rows, hidden].</summary>
    public MatrixView<T> Normed { get; private set; }

    /// <summary>Sets the views for one layer and a number of rows.</summary>
    /// <param name="layer">Widths of the layer.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="hidden">Width of the residual stream.</param>
    /// <param name="projectionsApart">Whether queries and keys must be dense matrices of their own (QK-norm views them by head).</param>
    public void Bind(LayerShape layer, int rows, int hidden, bool projectionsApart)
    {
        int queries = layer.QueryWidth;
        int keys = layer.KeyValueWidth;
        T* at = _projections.Data;
        if (projectionsApart)
        {
            Projections = default;
            Queries = new MatrixView<T>(at, rows, queries);
            Keys = new MatrixView<T>(at + ((long)rows * queries), rows, keys);
            Values = new MatrixView<T>(at + ((long)rows * (queries + keys)), rows, keys);
        }
        else
        {
            Projections = new MatrixView<T>(at, rows, queries + (2 * keys));
            Queries = Projections.ColumnRange(0, queries);
            Keys = Projections.ColumnRange(queries, keys);
            Values = Projections.ColumnRange(queries + keys, keys);
        }

        GateUp = new MatrixView<T>(_feedForward.Data, rows, 2 * layer.FeedForwardSize);
        Gate = GateUp.ColumnRange(0, layer.FeedForwardSize);
        Up = GateUp.ColumnRange(layer.FeedForwardSize, layer.FeedForwardSize);
        AttentionOutput = new MatrixView<T>(_attention.Data, rows, queries);
        Normed = new MatrixView<T>(_normed.Data, rows, hidden);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _projections.Dispose();
        _feedForward.Dispose();
        _attention.Dispose();
        _normed.Dispose();
    }
}
