using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>One named tensor inside the flat storage of a <see cref="DecoderWeights{T}"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class WeightTensor<T>
    where T : unmanaged
{
    internal WeightTensor(string name, int rows, int columns, long offset, T* data)
    {
        Name = name;
        Rows = rows;
        Columns = columns;
        Offset = offset;
        Data = data;
    }

    /// <summary>Gets the Hugging Face name, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the number of outputs; 1 for vectors.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of inputs, or the length of a vector.</summary>
    public int Columns { get; }

    /// <summary>Gets whether this is a norm weight or a bias.</summary>
    public bool IsVector => Rows == 1;

    /// <summary>Gets the number of elements.</summary>
    public long Length => (long)Rows * Columns;

    /// <summary>Gets the position of the first element in the flat storage.</summary>
    public long Offset { get; }

    /// <summary>Gets the first element.</summary>
    public T* Data { get; }

    /// <summary>Gets the tensor as a matrix [outputs, inputs].</summary>
    public MatrixView<T> View => new(Data, Rows, Columns);

    /// <summary>Gets or sets panels of the same values for repeated products; null while the weight changes (training). Owned by <see cref="DecoderWeights{T}"/>.</summary>
    public PackedMatrix<T>? Packed { get; internal set; }
}
