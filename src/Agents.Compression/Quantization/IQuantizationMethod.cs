using Agents.Models.Checkpoints;
using Agents.Numerics.Formats;

namespace Agents.Compression.Quantization;

/// <summary>One way of storing weights in fewer bits. Implementations are stateless or safe for concurrent use.</summary>
public interface IQuantizationMethod
{
    /// <summary>Gets the stable id, such as <c>q8_0</c>.</summary>
    string Id { get; }

    /// <summary>Gets one sentence for lists.</summary>
    string Summary { get; }

    /// <summary>Gets the number of the method's files as <c>general.file_type</c>; null lets the type of most weights decide.</summary>
    uint? FileType => null;

    /// <summary>Decides how a matrix is stored.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <returns>The element type, whose blocks the rows must fill; null when the method leaves the matrix in single precision.</returns>
    ElementType? TypeFor(MatrixDescription matrix);

    /// <summary>Whether a matrix is not stored as the method means to, because its rows are no whole number of blocks.</summary>
    /// <param name="matrix">The matrix.</param>
    bool IsFallback(MatrixDescription matrix) => TypeFor(matrix) is null;

    /// <summary>Encodes whole rows of a matrix; called in row order.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="type">What <see cref="TypeFor"/> returned for it.</param>
    /// <param name="values">Finite values, <c>[rows, rowLength]</c>.</param>
    /// <param name="destination">Receives exactly the bytes of these rows.</param>
    /// <exception cref="ArgumentException">The type cannot hold a value; the message says which.</exception>
    void Encode(MatrixDescription matrix, ElementType type, ReadOnlySpan<float> values, Span<byte> destination);
}
