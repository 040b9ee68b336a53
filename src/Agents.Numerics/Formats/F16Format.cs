using System.Runtime.InteropServices;

namespace Agents.Numerics.Formats;

/// <summary>
/// Half precision; encoding rounds to nearest, ties to even. A finite value that would become infinite (from 65520 on) is refused with
/// <see cref="ArgumentException"/>; infinities and NaN stay what they are.
/// </summary>
public sealed class F16Format() : BlockFormat(ElementType.F16)
{
    private const float FirstInfinite = 65520;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination) =>
        Float16Conversion.Widen(MemoryMarshal.Cast<byte, ushort>(source), destination);

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            if (MathF.Abs(source[i]) >= FirstInfinite && float.IsFinite(source[i]))
            {
                throw new ArgumentException($"F16 cannot hold element {i}, {source[i]:R}: its largest value is 65504. Use BF16 or F32.", nameof(source));
            }
        }

        Float16Conversion.Narrow(source, MemoryMarshal.Cast<byte, ushort>(destination));
    }
}
