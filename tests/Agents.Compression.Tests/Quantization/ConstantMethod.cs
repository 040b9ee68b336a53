using Agents.Compression.Quantization;
using Agents.Models.Checkpoints;
using Agents.Numerics.Formats;

namespace Agents.Compression.Tests.Quantization;

/// <summary>A foreign method: stores every matrix of the feed-forward part as zeros in half precision and leaves the others alone.</summary>
internal sealed class ConstantMethod : IQuantizationMethod
{
    public string Id => "constant";

    public string Summary => "zeros";

    public ElementType? TypeFor(MatrixDescription matrix) => matrix.Name.Contains("ffn", StringComparison.Ordinal) ? ElementType.F16 : null;

    public void Encode(MatrixDescription matrix, ElementType type, ReadOnlySpan<float> values, Span<byte> destination) => destination.Clear();
}
