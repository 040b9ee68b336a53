using System.Globalization;
using System.Numerics;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>
/// Adapters that lie frozen between the base and the adapter that is trained: forward adds them in the order and with the operations of <see cref="AdapterRows"/>, so that a mixture of them and the trained one serves
/// the same bits; backward passes the gradient through them and keeps none.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class FrozenAdapters<T> : ILinearExtension<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (AdapterParameters<T> Values, float Share)[] _parts;
    private readonly AlignedBuffer<T> _reduced;

    /// <summary>Copies adapters.</summary>
    /// <param name="shape">The base model.</param>
    /// <param name="adapters">Adapters with their shares, in the order in which they are added; LoRA.</param>
    /// <param name="maximumRows">Most rows of a batch.</param>
    /// <exception cref="ArgumentException">An adapter is DoRA.</exception>
    /// <exception cref="ModelFormatException">An adapter belongs to another model.</exception>
    public FrozenAdapters(ModelShape shape, IReadOnlyList<(LoraAdapter Adapter, float Share)> adapters, int maximumRows)
    {
        if (adapters.FirstOrDefault(part => part.Adapter.IsDora).Adapter is { } dora)
        {
            throw new ArgumentException($"Adapter '{dora.Name}' is DoRA; only LoRA adapters can lie beneath one that is trained.", nameof(adapters));
        }

        AdapterLayout[] layouts = [.. adapters.Select(part => AdapterLayout.Of(shape, part.Adapter))];
        Identity = [.. adapters.Select(part => string.Create(CultureInfo.InvariantCulture, $"beneath = {part.Adapter.Hash} times {part.Share:R}"))];
        _parts = [.. layouts.Select((layout, i) => (new AdapterParameters<T>(layout), adapters[i].Share))];
        for (int i = 0; i < _parts.Length; i++)
        {
            AdapterValues.Copy(adapters[i].Adapter, _parts[i].Values);
        }

        _reduced = new AlignedBuffer<T>((long)maximumRows * layouts.Max(layout => layout.MaximumRank));
    }

    /// <summary>Gets one line per adapter that stored numbers depend on.</summary>
    public IReadOnlyList<string> Identity { get; }

    /// <inheritdoc/>
    public void Apply(IKernels<T> kernels, WeightTensor<T> weight, ReadOnlySpan<int> rows, MatrixView<T> x, MatrixView<T> y)
    {
        foreach ((AdapterParameters<T> values, float share) in _parts)
        {
            if (values.Layout.ByName.TryGetValue(weight.Name, out AdapterSlot? slot))
            {
                MatrixView<T> reduced = new(_reduced.Data, x.Rows, slot.Rank);
                kernels.MultiplyTransposed(x, values.A(slot), reduced, accumulate: false);
                AdapterForward<T>.Scale(reduced, T.CreateTruncating(share * slot.Scale));
                kernels.MultiplyTransposed(reduced, values.B(slot), y, accumulate: true);
            }
        }
    }

    /// <summary>dX += share · scale · (dY · B) · A.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="weight">The frozen weight, which names the layer.</param>
    /// <param name="dOutput">[rows, outputs].</param>
    /// <param name="dInput">[rows, inputs], added to.</param>
    public void Backward(IKernels<T> kernels, WeightTensor<T> weight, MatrixView<T> dOutput, MatrixView<T> dInput)
    {
        foreach ((AdapterParameters<T> values, float share) in _parts)
        {
            if (values.Layout.ByName.TryGetValue(weight.Name, out AdapterSlot? slot))
            {
                MatrixView<T> dReduced = new(_reduced.Data, dOutput.Rows, slot.Rank);
                kernels.Multiply(dOutput, values.B(slot), dReduced, accumulate: false);
                AdapterForward<T>.Scale(dReduced, T.CreateTruncating(share * slot.Scale));
                kernels.Multiply(dReduced, values.A(slot), dInput, accumulate: true);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((AdapterParameters<T> values, _) in _parts)
        {
            values.Dispose();
        }

        _reduced.Dispose();
    }
}
