using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>The numbers of an adapter, or their gradients, as one flat array.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class AdapterParameters<T> : IDisposable
    where T : unmanaged
{
    private readonly AlignedBuffer<T> _values;

    /// <summary>Allocates zeros.</summary>
    /// <param name="layout">What lies where.</param>
    public AdapterParameters(AdapterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        _values = new AlignedBuffer<T>(layout.Length);
    }

    /// <summary>Gets what lies where.</summary>
    public AdapterLayout Layout { get; }

    /// <summary>Gets the first element; gaps between matrices are zero and stay zero.</summary>
    public T* Data => _values.Data;

    /// <summary>Gets the number of elements, gaps included.</summary>
    public long Length => _values.Length;

    /// <summary>Returns A of a weight, [rank, inputs].</summary>
    /// <param name="slot">The weight.</param>
    public MatrixView<T> A(AdapterSlot slot) => new(Data + Required(slot).OffsetA, slot.Rank, slot.Inputs);

    /// <summary>Returns B of a weight, [outputs, rank].</summary>
    /// <param name="slot">The weight.</param>
    public MatrixView<T> B(AdapterSlot slot) => new(Data + Required(slot).OffsetB, slot.Outputs, slot.Rank);

    /// <summary>Returns the magnitudes of a weight, [1, outputs].</summary>
    /// <param name="slot">The weight; of a DoRA adapter.</param>
    public MatrixView<T> Magnitude(AdapterSlot slot) => Required(slot).OffsetMagnitude >= 0
        ? new(Data + slot.OffsetMagnitude, 1, slot.Outputs)
        : throw new InvalidOperationException($"'{slot.Name}' has no magnitudes; only DoRA adapters do.");

    /// <summary>Sets everything to zero.</summary>
    public void Clear() => _values.Clear();

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private static AdapterSlot Required(AdapterSlot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return slot;
    }
}
