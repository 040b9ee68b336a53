using System.Runtime.InteropServices;

namespace Agents.Numerics.Formats;

/// <summary>bfloat16; encoding rounds to nearest, ties to even, and keeps NaN.</summary>
public sealed class BF16Format() : BlockFormat(ElementType.BF16)
{
    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination) =>
        BFloat16Conversion.Widen(MemoryMarshal.Cast<byte, ushort>(source), destination);

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination) =>
        BFloat16Conversion.Narrow(source, MemoryMarshal.Cast<byte, ushort>(destination));
}
