using System.Collections.Immutable;

namespace Agents.Compression.Sizes;

/// <summary>What one tensor takes in a model file.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Format">Element type as the file names it, such as <c>Q8_0</c> or <c>BF16</c>.</param>
/// <param name="Shape">Row-major shape, <c>[out, in]</c> for a weight.</param>
/// <param name="Elements">Number of elements.</param>
/// <param name="Bytes">Stored bytes, scales of blocks included.</param>
public sealed record TensorSize(string Name, string Format, ImmutableArray<long> Shape, long Elements, long Bytes)
{
    /// <summary>Gets the stored bits per element; 0 for an empty tensor.</summary>
    public double BitsPerElement => Elements == 0 ? 0 : 8.0 * Bytes / Elements;
}
