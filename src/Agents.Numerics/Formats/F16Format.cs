using System.Runtime.InteropServices;

namespace Agents.Numerics.Formats;

/// <summary>Half precision; encoding rounds to nearest, ties to even.</summary>
public sealed class F16Format() : BlockFormat(ElementType.F16)
{
    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination) =>
        Float16Conversion.Widen(MemoryMarshal.Cast<byte, ushort>(source), destination);

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination) =>
        Float16Conversion.Narrow(source, MemoryMarshal.Cast<byte, ushort>(destination));
}
