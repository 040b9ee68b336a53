using System.Runtime.InteropServices;

namespace Agents.Numerics.Formats;

/// <summary>Single precision, stored as it is.</summary>
public sealed class F32Format() : BlockFormat(ElementType.F32)
{
    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination) =>
        source.CopyTo(MemoryMarshal.AsBytes(destination));

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination) =>
        MemoryMarshal.AsBytes(source).CopyTo(destination);
}
