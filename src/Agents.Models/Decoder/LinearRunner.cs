using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Models.Decoder;

/// <summary>
/// Runs linear layers on weights in whatever form they are kept, and calls the extension after each. Layers that read the same rows go together: the rows are
/// rounded once per activation format, and all stored matrices of one format are one parallel job. Allocates only while its buffers grow. Not safe for
/// concurrent calls.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class LinearRunner<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Most layers in a group.</summary>
    private const int MaximumGroup = 8;

    private const int FormatCount = (int)ActivationFormat.Block256 + 1;

    private readonly QuantizedRows _rounded = new();
    private readonly HalfRows _halves = new();
    private readonly QuantizedProduct[] _products = new QuantizedProduct[MaximumGroup];

    /// <summary>Creates a runner.</summary>
    /// <param name="kernels">Kernels to use; not disposed.</param>
    public LinearRunner(IKernels<T> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        Kernels = kernels;
    }

    /// <summary>Gets the kernels.</summary>
    public IKernels<T> Kernels { get; }

    /// <summary>Gets or sets what adds to the results; null for nothing.</summary>
    public ILinearExtension<T>? Extension { get; set; }

    /// <summary>Makes room for the largest batch, so that later calls allocate nothing.</summary>
    /// <param name="weights">Parameters of the model.</param>
    /// <param name="maximumRows">Most rows per call.</param>
    public void Reserve(DecoderWeights<T> weights, int maximumRows)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach (WeightTensor<T> tensor in weights.Tensors)
        {
            if (tensor.Activations != ActivationFormat.Single)
            {
                _rounded.Reset(tensor.Activations, maximumRows, tensor.Columns);
            }
            else if (tensor.Quantized is not null)
            {
                _halves.Reserve(maximumRows, tensor.Columns);
            }
        }
    }

    /// <summary>RMS norm, then a group of layers that read the normed rows.</summary>
    /// <param name="x">[rows, n].</param>
    /// <param name="norm">[n].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="normed">[rows, n], receives the normed rows; may be <paramref name="x"/>.</param>
    /// <param name="inverseRms">[rows], or null.</param>
    /// <param name="products">The layers, at most 8.</param>
    /// <param name="rows">Index in the batch of every row; empty for all rows in order.</param>
    public void NormMultiply(
        MatrixView<T> x, WeightTensor<T> norm, T epsilon, MatrixView<T> normed, T* inverseRms, ReadOnlySpan<LinearProduct<T>> products, ReadOnlySpan<int> rows = default)
    {
        ArgumentNullException.ThrowIfNull(norm);
        ActivationFormat first = ActivationFormat.Single;
        for (int i = 0; i < products.Length && first == ActivationFormat.Single; i++)
        {
            first = products[i].Weight.Activations;
        }

        if (first == ActivationFormat.Single)
        {
            Kernels.RmsNorm(x, norm.Data, epsilon, normed, inverseRms);
        }
        else
        {
            _rounded.Reset(first, x.Rows, x.Columns);
            Stored().RmsNormQuantize(Single(x), (float*)norm.Data, *(float*)&epsilon, Single(normed), (float*)inverseRms, first, _rounded);
        }

        Run(normed, first, products, rows);
    }

    /// <summary>A group of layers that read the same rows.</summary>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="products">The layers, at most 8.</param>
    /// <param name="rows">Index in the batch of every row; empty for all rows in order.</param>
    public void Multiply(MatrixView<T> x, ReadOnlySpan<LinearProduct<T>> products, ReadOnlySpan<int> rows = default) =>
        Run(x, ActivationFormat.Single, products, rows);

    /// <summary>Copies rows of an embedding.</summary>
    /// <param name="table">[vocabulary, n] in any storage.</param>
    /// <param name="ids">Indices of the rows; the caller has checked the range.</param>
    /// <param name="target">[ids, n].</param>
    public void Gather(WeightTensor<T> table, ReadOnlySpan<int> ids, MatrixView<T> target)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Quantized is { } quantized)
        {
            Stored().Dequantize(quantized, ids, Single(target));
        }
        else if (table.IsDense)
        {
            fixed (int* at = ids)
            {
                Kernels.GatherRows(table.View, at, target);
            }
        }
        else
        {
            for (int row = 0; row < ids.Length; row++)
            {
                table.Packed!.CopyRow(ids[row], new Span<T>(target.Row(row), target.Columns));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rounded.Dispose();
        _halves.Dispose();
    }

    // Stored matrices exist in models of single precision only, so T is float wherever this is called.
    private static MatrixView<float> Single(MatrixView<T> view) => new((float*)view.Data, view.Rows, view.Columns, view.Stride);

    private IQuantizedKernels Stored() => Kernels.Quantized
        ?? throw new InvalidOperationException($"{Kernels.GetType().Name} have no products with stored weights; load the model with {nameof(WeightStorage)}.{nameof(WeightStorage.Single)}.");

    private void Run(MatrixView<T> x, ActivationFormat rounded, ReadOnlySpan<LinearProduct<T>> products, ReadOnlySpan<int> rows)
    {
        int stored = MultiplyDense(x, products);

        // The format that is rounded already comes first, the others follow in its place.
        for (int step = 0; stored > 0; step++)
        {
            var format = (ActivationFormat)(((int)rounded + step) % FormatCount);
            int count = Collect(format, products);
            if (count > 0)
            {
                MultiplyStored(x, format, isRounded: step == 0 && format != ActivationFormat.Single, _products.AsSpan(0, count));
                stored -= count;
            }
        }

        if (Extension is { } extension)
        {
            foreach (LinearProduct<T> product in products)
            {
                extension.Apply(Kernels, product.Weight, rows, x, product.Result);
            }
        }
    }

    /// <summary>Runs the layers whose weights are single-precision; returns the number of the others.</summary>
    private int MultiplyDense(MatrixView<T> x, ReadOnlySpan<LinearProduct<T>> products)
    {
        int stored = 0;
        foreach (LinearProduct<T> product in products)
        {
            WeightTensor<T> weight = product.Weight;
            T* bias = product.Bias is null ? null : product.Bias.Data;
            if (weight.Quantized is not null)
            {
                stored++;
            }
            else if (weight.Packed is { } packed)
            {
                Kernels.MultiplyPacked(x, packed, bias, product.Result);
            }
            else
            {
                Kernels.MultiplyTransposed(x, weight.View, product.Result, accumulate: false);
                if (bias != null)
                {
                    Kernels.AddRow(bias, product.Result);
                }
            }
        }

        return stored;
    }

    private int Collect(ActivationFormat format, ReadOnlySpan<LinearProduct<T>> products)
    {
        int count = 0;
        foreach (LinearProduct<T> product in products)
        {
            if (product.Weight.Quantized is { } matrix && product.Weight.Activations == format)
            {
                _products[count++] = new QuantizedProduct(matrix, product.Bias is null ? null : (float*)product.Bias.Data, Single(product.Result));
            }
        }

        return count;
    }

    private void MultiplyStored(MatrixView<T> x, ActivationFormat format, bool isRounded, ReadOnlySpan<QuantizedProduct> products)
    {
        IQuantizedKernels kernels = Stored();
        if (format == ActivationFormat.Single)
        {
            MultiplyHalf(kernels, x, products);
            return;
        }

        if (!isRounded)
        {
            _rounded.Reset(format, x.Rows, x.Columns);
            kernels.Quantize(Single(x), format, _rounded);
        }

        kernels.Multiply(_rounded, products);
    }

    /// <summary>F16 and BF16: neighbours of one type go together.</summary>
    private void MultiplyHalf(IQuantizedKernels kernels, MatrixView<T> x, ReadOnlySpan<QuantizedProduct> products)
    {
        for (int first = 0; first < products.Length;)
        {
            int end = first + 1;
            while (end < products.Length && products[end].Weight.Type == products[first].Weight.Type)
            {
                end++;
            }

            kernels.Multiply(_halves.Round(Single(x), products[first].Weight.Type), products[first..end]);
            first = end;
        }
    }
}
