using Agents.Numerics.Formats;

namespace Agents.Compression.Quantization;

/// <summary>One way of storing weights in fewer bits. Implementations are stateless or safe for concurrent use.</summary>
public interface IQuantizationMethod
{
    /// <summary>Gets the stable id, such as <c>q8_0</c>.</summary>
    string Id { get; }

    /// <summary>Gets one sentence for lists.</summary>
    string Summary { get; }

    /// <summary>Decides how a matrix is stored.</summary>
    /// <param name="name">Name of the tensor in the GGUF file.</param>
    /// <param name="rowLength">Elements per row.</param>
    /// <returns>The element type; null when the method cannot hold rows of this length, and the matrix stays in single precision.</returns>
    ElementType? TypeFor(string name, long rowLength);

    /// <summary>Encodes whole rows of a matrix; called in row order.</summary>
    /// <param name="name">Name of the tensor in the GGUF file.</param>
    /// <param name="values">Finite values, <c>[rows, rowLength]</c>.</param>
    /// <param name="destination">Receives exactly the bytes of these rows in the type of <see cref="TypeFor"/>.</param>
    /// <exception cref="ArgumentException">The type cannot hold a value; the message says which.</exception>
    void Encode(string name, ReadOnlySpan<float> values, Span<byte> destination);
}
