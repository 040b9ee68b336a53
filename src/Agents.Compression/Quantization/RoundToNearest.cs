using Agents.Numerics.Formats;

namespace Agents.Compression.Quantization;

/// <summary>Stores every value as the nearest one its format has, without looking at data: the baseline of every other method.</summary>
/// <param name="format">The format; its name in lower case is the method's id.</param>
public sealed class RoundToNearest(BlockFormat format) : IQuantizationMethod
{
    /// <summary>The smallest magnitude that half precision rounds to infinity.</summary>
    private const float HalfOverflow = 65520;

    private readonly BlockFormat _format = format ?? throw new ArgumentNullException(nameof(format));

    /// <inheritdoc/>
    public string Id { get; } = format.Name.ToLowerInvariant();

    /// <inheritdoc/>
    public string Summary { get; } =
        $"round to nearest {format.Name}, {FormattableString.Invariant($"{format.BitsPerWeight:0.##}")} bits per weight";

    /// <inheritdoc/>
    public ElementType? TypeFor(string name, long rowLength) => rowLength % _format.BlockElements == 0 ? _format.Type : null;

    /// <inheritdoc/>
    public void Encode(string name, ReadOnlySpan<float> values, Span<byte> destination)
    {
        if (_format.Type == ElementType.F16)
        {
            RequireHalf(values);
        }

        _format.Quantize(values, destination);
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
