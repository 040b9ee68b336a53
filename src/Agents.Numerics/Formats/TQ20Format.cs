using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// TQ2_0: super-blocks of 256 ternary digits with one scale, two bits each in the order of Q2_K's codes, then d as half; value d·(q - 1).
/// </summary>
/// <remarks>
/// Encoding: d = max|x|, q = x/d rounded half away from zero, plus 1. Meant for weights that are ternary already. Values that are not finite, or whose
/// scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class TQ20Format() : BlockFormat(ElementType.TQ2_0)
{
    private const int Scale = 64;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            Span<float> values = destination.Slice(block * BlockElements, BlockElements);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[Scale..]));
            for (int part = 0; part < BlockElements / CodeLanes.Count; part++)
            {
                Vector128<byte> codes = CodeLanes.Field(CodeLanes.Load(stored, TwoBitOrder.Byte(part)), TwoBitOrder.Shift(part), 3);
                CodeLanes.StoreScaled(codes.AsSByte() - Vector128<sbyte>.One, scale, values, part * CodeLanes.Count);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        Span<byte> trits = stackalloc byte[BlockElements];
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            float scale = TernaryDigits.Round(values, trits);
            BinaryPrimitives.WriteUInt16LittleEndian(stored[Scale..], BlockRange.Half(scale, this, block));
            TwoBitOrder.Pack(trits, stored[..TwoBitOrder.Bytes]);
        }
    }
}
