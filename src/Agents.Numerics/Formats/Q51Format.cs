using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q5_1: blocks of 32 as a half-precision scale d, a half-precision minimum m, 32 fifth bits and 32 codes of four bits, value d·q + m; bits in the
/// order of Q5_0. Encoding: d = (max - min)/31, m = min, q = min(31, trunc((x - m)/d + 0.5)) with the unrounded d and m.
/// </summary>
/// <remarks>Values that are not finite, or whose scale or minimum a half cannot hold, are refused with <see cref="ArgumentException"/>.</remarks>
public sealed class Q51Format() : BlockFormat(ElementType.Q5_1)
{
    private const int HighBits = 4;
    private const int Codes = 8;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            float minimum = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[2..]));
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(stored[HighBits..]);
            Vector128<byte> packed = CodeLanes.Load(stored, Codes);
            int first = block * BlockElements;
            CodeLanes.StoreAffine(CodeLanes.Field(packed, 0, 15) | CodeLanes.Spread(high, 16), scale, minimum, destination, first);
            CodeLanes.StoreAffine(CodeLanes.Field(packed, 4, 15) | CodeLanes.Spread(high >> 16, 16), scale, minimum, destination, first + CodeLanes.Count);
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            (float minimum, float maximum) = BlockRange.Bounds(values);
            float scale = (maximum - minimum) / 31f;
            float inverse = BlockRange.Inverse(scale);
            BinaryPrimitives.WriteUInt16LittleEndian(stored, BlockRange.Half(scale, this, block));
            BinaryPrimitives.WriteUInt16LittleEndian(stored[2..], BlockRange.Half(minimum, this, block));
            uint high = 0;
            for (int j = 0; j < CodeLanes.Count; j++)
            {
                int lower = Code((values[j] - minimum) * inverse);
                int upper = Code((values[j + CodeLanes.Count] - minimum) * inverse);
                stored[Codes + j] = (byte)((lower & 15) | (upper << 4));
                high |= ((uint)lower >> 4 << j) | ((uint)upper >> 4 << (j + CodeLanes.Count));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(stored[HighBits..], high);
        }
    }

    private static int Code(float scaled) => Math.Min(31, (int)(scaled + 0.5f));
}
