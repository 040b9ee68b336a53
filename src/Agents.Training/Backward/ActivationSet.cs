using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Memory;

namespace Agents.Training.Backward;

/// <summary>Memory for what one layer's forward pass writes and its backward pass reads. Layers take turns with one set when activations are computed again.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class ActivationSet<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Every view starts at a multiple of this many elements (one cache line of floats).</summary>
    private const int Granule = 16;
    private const int ViewCount = 20;
    private readonly AlignedBuffer<T> _buffer;
    private readonly ModelShape _model;

    /// <summary>Allocates the set.</summary>
    /// <param name="model">Architecture and sizes.</param>
    /// <param name="layers">The layers that will use it.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    public ActivationSet(ModelShape model, IEnumerable<LayerShape> layers, int maximumRows)
    {
        _model = model;
        _buffer = new AlignedBuffer<T>(Elements(model, layers, maximumRows));
    }

    /// <summary>Returns the elements that a set takes.</summary>
    /// <param name="model">Architecture and sizes.</param>
    /// <param name="layers">The layers that will use it.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    public static long Elements(ModelShape model, IEnumerable<LayerShape> layers, int maximumRows) =>
        (layers.Select(layer => Width(model, layer)).DefaultIfEmpty(0).Max() * maximumRows) + (ViewCount * Granule);

    /// <summary>Returns the views for one layer and a number of rows; earlier views become invalid.</summary>
    /// <param name="layer">Widths of the layer.</param>
    /// <param name="input">Residual stream entering the layer.</param>
    /// <param name="output">Residual stream leaving the layer.</param>
    public LayerActivations<T> Views(LayerShape layer, MatrixView<T> input, MatrixView<T> output)
    {
        T* at = _buffer.Data;
        int rows = input.Rows;
        int hidden = _model.HiddenSize;
        LayerActivations<T> views = new()
        {
            Input = input,
            Output = output,
            AttentionInput = Take(ref at, rows, hidden),
            InputInverseRms = Take(ref at, rows, 1).Data,
            Queries = Take(ref at, rows, layer.QueryWidth),
            Keys = Take(ref at, rows, layer.KeyValueWidth),
            Values = Take(ref at, rows, layer.KeyValueWidth),
            AttentionOutput = Take(ref at, rows, layer.QueryWidth),
            LogSumExp = Take(ref at, rows, layer.Heads).Data,
            AfterAttention = Take(ref at, rows, hidden),
            FeedForwardInput = Take(ref at, rows, hidden),
            PostInverseRms = Take(ref at, rows, 1).Data,
            Gate = Take(ref at, rows, layer.FeedForwardSize),
            Up = Take(ref at, rows, layer.FeedForwardSize),
            Product = Take(ref at, rows, layer.FeedForwardSize),
        };
        if (_model.QueryKeyNorm)
        {
            views.RawQueries = Take(ref at, rows, layer.QueryWidth);
            views.RawKeys = Take(ref at, rows, layer.KeyValueWidth);
            views.QueryInverseRms = Take(ref at, rows, layer.Heads).Data;
            views.KeyInverseRms = Take(ref at, rows, layer.KeyValueHeads).Data;
        }

        return views;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static long Width(ModelShape model, LayerShape layer)
    {
        long normed = model.QueryKeyNorm ? layer.QueryWidth + layer.KeyValueWidth + layer.Heads + layer.KeyValueHeads : 0;
        return (3L * model.HiddenSize) + 2 + (2L * layer.QueryWidth) + (2L * layer.KeyValueWidth) + layer.Heads + (3L * layer.FeedForwardSize) + normed;
    }

    private static MatrixView<T> Take(ref T* at, int rows, int columns)
    {
        MatrixView<T> view = new(at, rows, columns);
        at += ((((long)rows * columns) + Granule - 1) / Granule) * Granule;
        return view;
    }
}
