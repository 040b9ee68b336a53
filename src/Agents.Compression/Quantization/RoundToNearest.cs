using Agents.Models.Checkpoints;
using Agents.Numerics.Formats;

namespace Agents.Compression.Quantization;

/// <summary>Encodes every matrix in the format its rule names, without looking at data: the baseline of every other method. Uses several threads.</summary>
/// <param name="types">Which type each matrix gets; its id is the method's.</param>
public sealed class RoundToNearest(MatrixTypes types) : IQuantizationMethod
{
    /// <summary>The smallest magnitude that half precision rounds to infinity.</summary>
    private const float HalfOverflow = 65520;

    private readonly MatrixTypes _types = types ?? throw new ArgumentNullException(nameof(types));

    /// <inheritdoc/>
    public string Id => _types.Id;

    /// <inheritdoc/>
    public string Summary
    {
        get
        {
            BlockFormat format = BlockFormats.Get(_types.Main);
            string bits = FormattableString.Invariant($"{format.BitsPerWeight:0.##} bits per weight");
            return _types.IsMixture ? $"{format.Name} at {bits} for most matrices, more for the sensitive ones" : $"round to nearest {format.Name}, {bits}";
        }
    }

    /// <inheritdoc/>
    public uint? FileType => _types.FileType;

    /// <inheritdoc/>
    public ElementType? TypeFor(MatrixDescription matrix) => _types.TypeFor(matrix);

    /// <inheritdoc/>
    public bool IsFallback(MatrixDescription matrix) => _types.IsFallback(matrix);

    /// <inheritdoc/>
    public void Encode(MatrixDescription matrix, ElementType type, ReadOnlySpan<float> values, Span<byte> destination)
    {
        if (type == ElementType.F16)
        {
            RequireHalf(values);
        }

        ParallelQuantizer.Quantize(BlockFormats.Get(type), values, destination);
    }

    private static void RequireHalf(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (MathF.Abs(value) >= HalfOverflow)
            {
                throw new ArgumentException($"F16 cannot hold {value:R}: the largest value is 65504. Use bf16 instead.", nameof(values));
            }
        }
    }
}
