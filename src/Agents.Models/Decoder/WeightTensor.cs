using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Models.Decoder;

/// <summary>
/// One named tensor of a <see cref="DecoderWeights{T}"/>. Vectors always lie in its flat storage. A matrix lies there too when the model is trained (then
/// <see cref="Packed"/> may hold a copy for products), or only in one packed form when it is frozen: <see cref="Quantized"/> in the file's type, or
/// <see cref="Packed"/> for files in single precision.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class WeightTensor<T>
    where T : unmanaged
{
    private readonly T* _data;
    private QuantizedMatrix? _quantized;

    internal WeightTensor(string name, int rows, int columns, long offset, T* data)
    {
        Name = name;
        Rows = rows;
        Columns = columns;
        Offset = offset;
        _data = data;
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

    /// <summary>Gets the position of the first element in the flat storage; −1 when the tensor is not there.</summary>
    public long Offset { get; }

    /// <summary>Gets whether the elements lie in the flat storage, where they can be read and changed.</summary>
    public bool IsDense => _data != null;

    /// <summary>Gets the element type that products read.</summary>
    public ElementType Type => _quantized?.Type ?? (sizeof(T) == sizeof(double) ? ElementType.F64 : ElementType.F32);

    /// <summary>Gets the first element.</summary>
    /// <exception cref="InvalidOperationException">The matrix is kept in a packed form only.</exception>
    public T* Data => _data != null
        ? _data
        : throw new InvalidOperationException(
            $"The elements of '{Name}' are kept as packed {Type} only; load the model with {nameof(WeightStorage)}.{nameof(WeightStorage.Single)} or convert it with {nameof(SingleWeights.ToSingle)}.");

    /// <summary>Gets the tensor as a matrix [outputs, inputs].</summary>
    /// <exception cref="InvalidOperationException">The matrix is kept in a packed form only.</exception>
    public MatrixView<T> View => new(Data, Rows, Columns);

    /// <summary>Gets or sets panels of the same values for repeated products; null while the weight changes (training). Owned by <see cref="DecoderWeights{T}"/>.</summary>
    public PackedMatrix<T>? Packed { get; internal set; }

    /// <summary>Gets the frozen matrix in its stored type, or null. Owned by <see cref="DecoderWeights{T}"/>.</summary>
    public QuantizedMatrix? Quantized
    {
        get => _quantized;
        internal set
        {
            _quantized = value;
            Activations = value is null ? ActivationFormat.Single : IQuantizedKernels.ActivationsOf(value.Type);
        }
    }

    /// <summary>Gets how the rows that meet <see cref="Quantized"/> are rounded.</summary>
    public ActivationFormat Activations { get; private set; }

    /// <summary>Gets or sets the digest of the contents, when the loader has computed it on the way.</summary>
    internal byte[]? Digest { get; set; }

    internal void Dispose()
    {
        Packed?.Dispose();
        Packed = null;
        _quantized?.Dispose();
    }
}
