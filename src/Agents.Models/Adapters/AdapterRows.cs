using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Adapters;

/// <summary>Applies adapters to the rows of a batch, each run of rows with its own mixture. Rows without one keep their bits. Reused; a batch allocates nothing once the buffers have grown.</summary>
public sealed unsafe class AdapterRows : ILinearExtension<float>, IDisposable
{
    private readonly List<Run> _runs = [];
    private AlignedBuffer<float> _reduced = new(0);
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
            foreach ((LoraAdapter adapter, float share) in run.Mixture.Parts)
            {
                if (adapter.ByName.TryGetValue(weight.Name, out LoraMatrices? factors))
                {
                    AddRun(kernels, factors, share, run, rows, x, y);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reduced.Dispose();

    private void AddRun(IKernels<float> kernels, LoraMatrices factors, float share, Run run, ReadOnlySpan<int> rows, MatrixView<float> x, MatrixView<float> y)
    {
        if (rows.IsEmpty)
        {
            Add(kernels, factors, share, x.RowRange(run.First, run.Count), y.RowRange(run.First, run.Count));
            return;
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
                Add(kernels, factors, share, x.RowRange(first, end - first), y.RowRange(first, end - first));
                first = end;
            }
        }
    }

    /// <summary>y += B·(share·scale·(A·x)), the factor applied to the reduced row.</summary>
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

        kernels.MultiplyTransposed(reduced, factors.B, y, accumulate: true);
        GC.KeepAlive(factors);
    }

    private readonly record struct Run(AdapterMixture Mixture, int First, int Count);
}
