using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Adapters;

/// <summary>
/// DoRA over one base: m/‖V‖ per row of V = W + s·B·A, and B with its rows scaled by it, so that y becomes y + (m/‖V‖ − 1)⊙(y − bias) + (m/‖V‖ ⊙ B)·(s·A·x).
/// Computed as the trainer computes it, in the same order, so both give the same bits; constant while the adapter serves.
/// </summary>
internal sealed unsafe class MagnitudeGains : IDisposable
{
    /// <summary>Rows of a weight that are decoded at once. The number changes no bit.</summary>
    private const int TileRows = 64;

    private readonly DecoderWeights<float> _weights;
    private readonly WeightTensor<float>? _bias;
    private readonly AlignedBuffer<float> _gains;
    private readonly AlignedBuffer<float> _scaledB;
    private readonly int _rank;

    private MagnitudeGains(LoraMatrices factors, DecoderWeights<float> weights)
    {
        _weights = weights;
        _rank = factors.Rank;
        _bias = weights.ByName.GetValueOrDefault(factors.Name[..^"weight".Length] + "bias");
        _gains = new AlignedBuffer<float>(factors.Outputs);
        _scaledB = new AlignedBuffer<float>((long)factors.Outputs * factors.Rank);
    }

    /// <summary>Gets m/‖V‖, [outputs]; 1 for a row of zeros, which no magnitude can change.</summary>
    public ReadOnlySpan<float> Gains => _gains.Span;

    /// <summary>Gets m/‖V‖ ⊙ B, [outputs, rank].</summary>
    public MatrixView<float> ScaledB => new(_scaledB.Data, (int)_gains.Length, _rank);

    /// <summary>Computes the gains of an adapter over a base; nothing when that happened before.</summary>
    /// <param name="adapter">A DoRA adapter that fits the base.</param>
    /// <param name="weights">The base in any storage; only read.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <exception cref="ArgumentException">The adapter was prepared for another base.</exception>
    public static void Prepare(LoraAdapter adapter, DecoderWeights<float> weights, IKernels<float> kernels)
    {
        lock (adapter.Matrices[0])
        {
            if (adapter.Matrices[0].Gains is { } present)
            {
                if (!ReferenceEquals(present._weights, weights))
                {
                    throw new ArgumentException($"Adapter '{adapter.Name}' is DoRA and serves another base already; load it again for this one.", nameof(adapter));
                }

                return;
            }

            using LinearRunner<float> linear = new(kernels);
            foreach (LoraMatrices factors in adapter.Matrices.Reverse())
            {
                // The first factor comes last: once it has its gains, all have.
                MagnitudeGains gains = new(factors, weights);
                gains.Compute(factors, weights.ByName[factors.Name], linear);
                factors.Gains = gains;
            }
        }
    }

    /// <summary>y += change ⊙ (y − bias) for every row.</summary>
    /// <param name="change">[outputs].</param>
    /// <param name="y">[rows, outputs], holds x · weightᵀ (+ bias).</param>
    public void Apply(float* change, MatrixView<float> y)
    {
        float* bias = _bias is null ? null : _bias.Data;
        for (int row = 0; row < y.Rows; row++)
        {
            float* values = y.Row(row);
            for (int output = 0; output < y.Columns; output++)
            {
                values[output] += change[output] * (bias == null ? values[output] : values[output] - bias[output]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gains.Dispose();
        _scaledB.Dispose();
    }

    private void Compute(LoraMatrices factors, WeightTensor<float> weight, LinearRunner<float> linear)
    {
        using AlignedBuffer<float> scaledA = new((long)factors.Rank * factors.Inputs);
        using AlignedBuffer<float> tile = new((long)TileRows * factors.Inputs);
        MatrixView<float> a = new(scaledA.Data, factors.Rank, factors.Inputs);
        for (long i = 0; i < scaledA.Length; i++)
        {
            scaledA.Data[i] = factors.Scale * factors.A.Data[i];
        }

        Span<int> rows = stackalloc int[TileRows];
        for (int first = 0; first < factors.Outputs; first += TileRows)
        {
            int count = Math.Min(TileRows, factors.Outputs - first);
            for (int i = 0; i < count; i++)
            {
                rows[i] = first + i;
            }

            MatrixView<float> v = new(tile.Data, count, factors.Inputs);
            linear.Gather(weight, rows[..count], v);
            linear.Kernels.Multiply(factors.B.RowRange(first, count), a, v, accumulate: true);
            for (int i = 0; i < count; i++)
            {
                float norm = (float)Math.Sqrt(linear.Kernels.SumOfSquares(v.Row(i), factors.Inputs));
                float gain = norm > 0 ? factors.MagnitudeValues[first + i] / norm : 1;
                _gains.Data[first + i] = gain;
                for (int r = 0; r < factors.Rank; r++)
                {
                    ScaledB.Row(first + i)[r] = gain * factors.B.Row(first + i)[r];
                }
            }
        }

        GC.KeepAlive(factors);
    }
}
