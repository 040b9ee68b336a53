using System.Numerics;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>
/// Adds the trained adapter to every linear layer: for LoRA the operations of <see cref="Agents.Models.Adapters.AdapterRows"/> in their order, so that serving
/// gives the same bits. DoRA is y + (m/n − 1)⊙(y − bias) + (m/n ⊙ B)·(s·A·x), which leaves y as it is at the start (m = n, B = 0).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class AdapterForward<T> : ILinearExtension<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AdapterParameters<T> _parameters;
    private readonly RowNorms<T>? _norms;
    private readonly Dictionary<string, WeightTensor<T>> _biases = new(StringComparer.Ordinal);
    private readonly AlignedBuffer<T> _reduced;
    private readonly AlignedBuffer<T> _scaledB;
    private readonly AlignedBuffer<T> _gains;

    /// <summary>Allocates the workspace.</summary>
    /// <param name="weights">Base.</param>
    /// <param name="parameters">Values of the adapter.</param>
    /// <param name="norms">Row norms of a DoRA adapter; null for LoRA.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    public AdapterForward(DecoderWeights<T> weights, AdapterParameters<T> parameters, RowNorms<T>? norms, int maximumRows)
    {
        _parameters = parameters;
        _norms = norms;
        AdapterLayout layout = parameters.Layout;
        _reduced = new AlignedBuffer<T>((long)maximumRows * layout.MaximumRank);
        _scaledB = new AlignedBuffer<T>(norms is null ? 0 : layout.Slots.Max(slot => (long)slot.Outputs * slot.Rank));
        _gains = new AlignedBuffer<T>(norms is null ? 0 : layout.Slots.Max(slot => slot.Outputs));
        foreach (LayerWeights<T> layer in weights.Layers)
        {
            AddBias(layer.Query, layer.QueryBias);
            AddBias(layer.Key, layer.KeyBias);
            AddBias(layer.Value, layer.ValueBias);
        }
    }

    /// <summary>Gets or sets the adapters that are added first; null for none.</summary>
    public FrozenAdapters<T>? Beneath { get; set; }

    /// <inheritdoc/>
    public void Apply(IKernels<T> kernels, WeightTensor<T> weight, ReadOnlySpan<int> rows, MatrixView<T> x, MatrixView<T> y)
    {
        Beneath?.Apply(kernels, weight, rows, x, y);
        if (!_parameters.Layout.ByName.TryGetValue(weight.Name, out AdapterSlot? slot))
        {
            return;
        }

        MatrixView<T> reduced = Reduced(kernels, _parameters, slot, x, _reduced);
        if (_norms is null)
        {
            kernels.MultiplyTransposed(reduced, _parameters.B(slot), y, accumulate: true);
            return;
        }

        T* gains = Gains(slot, _parameters, _norms, _gains.Data);
        MatrixView<T> b = _parameters.B(slot);
        MatrixView<T> scaledB = new(_scaledB.Data, slot.Outputs, slot.Rank);
        for (int output = 0; output < slot.Outputs; output++)
        {
            for (int i = 0; i < slot.Rank; i++)
            {
                scaledB.Row(output)[i] = gains[output] * b.Row(output)[i];
            }
        }

        T* bias = _biases.TryGetValue(weight.Name, out WeightTensor<T>? tensor) ? tensor.Data : null;
        for (int row = 0; row < y.Rows; row++)
        {
            T* values = y.Row(row);
            for (int output = 0; output < slot.Outputs; output++)
            {
                values[output] += (gains[output] - T.One) * (bias == null ? values[output] : values[output] - bias[output]);
            }
        }

        kernels.MultiplyTransposed(reduced, scaledB, y, accumulate: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reduced.Dispose();
        _scaledB.Dispose();
        _gains.Dispose();
    }

    /// <summary>s·(A·x), the factor applied after the product.</summary>
    internal static MatrixView<T> Reduced(IKernels<T> kernels, AdapterParameters<T> parameters, AdapterSlot slot, MatrixView<T> x, AlignedBuffer<T> target)
    {
        MatrixView<T> reduced = new(target.Data, x.Rows, slot.Rank);
        kernels.MultiplyTransposed(x, parameters.A(slot), reduced, accumulate: false);
        Scale(reduced, T.CreateTruncating(slot.Scale));
        return reduced;
    }

    /// <summary>Multiplies a dense matrix by a number.</summary>
    internal static void Scale(MatrixView<T> values, T scale)
    {
        long count = (long)values.Rows * values.Columns;
        for (long i = 0; i < count; i++)
        {
            values.Data[i] *= scale;
        }
    }

    /// <summary>m/n per output; 1 for a row of zeros, which no magnitude can change.</summary>
    internal static T* Gains(AdapterSlot slot, AdapterParameters<T> parameters, RowNorms<T> norms, T* gains)
    {
        T* magnitude = parameters.Magnitude(slot).Data;
        T* norm = norms.Of(slot);
        for (int output = 0; output < slot.Outputs; output++)
        {
            gains[output] = norm[output] > T.Zero ? magnitude[output] / norm[output] : T.One;
        }

        return gains;
    }

    private void AddBias(WeightTensor<T> weight, WeightTensor<T>? bias)
    {
        if (bias is not null)
        {
            _biases[weight.Name] = bias;
        }
    }
}
