using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Adapters;

/// <summary>Applies adapters to the rows of a batch, each run of rows with its own mixture. Rows without one keep their bits. Reused; a batch allocates nothing once the buffers have grown.</summary>
public sealed unsafe class AdapterRows : ILinearExtension<float>, IDisposable
{
    private readonly List<Run> _runs = [];
    private AlignedBuffer<float> _reduced = new(0);
    private AlignedBuffer<float> _gains = new(0);
    private int _rows;

    /// <summary>Gets whether no row of the batch has an adapter.</summary>
    public bool IsEmpty => _runs.Count == 0;

    /// <summary>Starts a new batch.</summary>
    public void Clear()
    {
        _runs.Clear();
        _rows = 0;
    }

    /// <summary>Adds the next rows of the batch.</summary>
    /// <param name="mixture">Their adapters, or null for the base model. The caller holds it while the batch runs.</param>
    /// <param name="rows">Number of rows.</param>
    public void Add(AdapterMixture? mixture, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        int first = _rows;
        _rows += rows;
        if (mixture is null || rows == 0)
        {
            return;
        }

        // Neighbours with equal numbers become one run: siblings of one prompt are multiplied together.
        if (_runs.Count > 0 && _runs[^1] is { } last && last.First + last.Count == first && last.Mixture.Key == mixture.Key)
        {
            _runs[^1] = last with { Count = last.Count + rows };
        }
        else
        {
            _runs.Add(new Run(mixture, first, rows));
        }
    }

    /// <inheritdoc/>
    public void Apply(IKernels<float> kernels, WeightTensor<float> weight, ReadOnlySpan<int> rows, MatrixView<float> x, MatrixView<float> y)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(weight);
        foreach (Run run in _runs)
        {
            if (!Concerns(run.Mixture, weight.Name))
            {
                continue;
            }

            if (rows.IsEmpty)
            {
                AddMixture(kernels, run.Mixture, weight.Name, x.RowRange(run.First, run.Count), y.RowRange(run.First, run.Count));
                continue;
            }

            // Chosen rows of the batch: neighbours of one run are multiplied together.
            for (int first = 0; first < rows.Length; first++)
            {
                int end = first;
                while (end < rows.Length && (uint)(rows[end] - run.First) < (uint)run.Count)
                {
                    end++;
                }

                if (end > first)
                {
                    AddMixture(kernels, run.Mixture, weight.Name, x.RowRange(first, end - first), y.RowRange(first, end - first));
                    first = end;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reduced.Dispose();
        _gains.Dispose();
    }

    private static bool Concerns(AdapterMixture mixture, string weight)
    {
        foreach ((LoraAdapter adapter, _) in mixture.Parts)
        {
            if (adapter.ByName.ContainsKey(weight))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds every part's own change of the base's output, times its share. Magnitudes come first, since they scale what the base says.</summary>
    private void AddMixture(IKernels<float> kernels, AdapterMixture mixture, string weight, MatrixView<float> x, MatrixView<float> y)
    {
        MagnitudeGains? any = null;
        foreach ((LoraAdapter adapter, float share) in mixture.Parts)
        {
            if (adapter.ByName.TryGetValue(weight, out LoraMatrices? factors) && factors.HasMagnitude)
            {
                MagnitudeGains gains = factors.Gains ?? throw new InvalidOperationException($"The magnitudes of adapter '{adapter.Name}' were never prepared; add it to a registry that has weights.");
                Gather(gains, share, isFirst: any is null);
                any = gains;
            }
        }

        any?.Apply(_gains.Data, y);
        foreach ((LoraAdapter adapter, float share) in mixture.Parts)
        {
            if (adapter.ByName.TryGetValue(weight, out LoraMatrices? factors))
            {
                Add(kernels, factors, share, x, y);
            }
        }
    }

    /// <summary>Sums share · (m/‖V‖ − 1) over the parts.</summary>
    private void Gather(MagnitudeGains gains, float share, bool isFirst)
    {
        ReadOnlySpan<float> values = gains.Gains;
        if (_gains.Length < values.Length)
        {
            _gains.Dispose();
            _gains = new AlignedBuffer<float>(values.Length);
        }

        for (int i = 0; i < values.Length; i++)
        {
            float change = share * (values[i] - 1);
            _gains.Data[i] = isFirst ? change : _gains.Data[i] + change;
        }
    }

    /// <summary>y += B·(share·scale·(A·x)), the factor applied to the reduced row; rows of B are scaled by m/‖V‖ where there are magnitudes.</summary>
    private void Add(IKernels<float> kernels, LoraMatrices factors, float share, MatrixView<float> x, MatrixView<float> y)
    {
        long needed = (long)x.Rows * factors.Rank;
        if (_reduced.Length < needed)
        {
            _reduced.Dispose();
            _reduced = new AlignedBuffer<float>(needed);
        }

        MatrixView<float> reduced = new(_reduced.Data, x.Rows, factors.Rank);
        kernels.MultiplyTransposed(x, factors.A, reduced, accumulate: false);
        float scale = share * factors.Scale;
        for (long i = 0; i < needed; i++)
        {
            reduced.Data[i] *= scale;
        }

        kernels.MultiplyTransposed(reduced, factors.Gains is { } gains ? gains.ScaledB : factors.B, y, accumulate: true);
        GC.KeepAlive(factors);
    }

    private readonly record struct Run(AdapterMixture Mixture, int First, int Count);
}
