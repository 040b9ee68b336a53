using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q5_0: blocks of 32 as a half-precision scale d, 32 fifth bits and 32 codes of four bits, value d·(q - 16); nibbles as in Q4_0, bit j of the
/// fifth bits belongs to element j. Encoding: v the first value of largest magnitude, d = v/-16, q = min(31, trunc(x/d + 16.5)) with the unrounded d.
/// </summary>
/// <remarks>Values that are not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.</remarks>
public sealed class Q50Format() : BlockFormat(ElementType.Q5_0)
{
    private const int HighBits = 2;
    private const int Codes = 6;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(stored[HighBits..]);
            Vector128<byte> packed = CodeLanes.Load(stored, Codes);
            Vector128<byte> lower = CodeLanes.Field(packed, 0, 15) | CodeLanes.Spread(high, 16);
            Vector128<byte> upper = CodeLanes.Field(packed, 4, 15) | CodeLanes.Spread(high >> 16, 16);
            Vector128<sbyte> middle = Vector128.Create((sbyte)16);
            int first = block * BlockElements;
            CodeLanes.StoreScaled(lower.AsSByte() - middle, scale, destination, first);
            CodeLanes.StoreScaled(upper.AsSByte() - middle, scale, destination, first + CodeLanes.Count);
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            float scale = SymmetricScaleSearch.Extreme(values) / -16f;
            float inverse = BlockRange.Inverse(scale);
            BinaryPrimitives.WriteUInt16LittleEndian(stored, BlockRange.Half(scale, this, block));
            uint high = 0;
            for (int j = 0; j < CodeLanes.Count; j++)
            {
                int lower = Code(values[j] * inverse);
                int upper = Code(values[j + CodeLanes.Count] * inverse);
                stored[Codes + j] = (byte)((lower & 15) | (upper << 4));
                high |= ((uint)lower >> 4 << j) | ((uint)upper >> 4 << (j + CodeLanes.Count));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(stored[HighBits..], high);
        }
    }

    private static int Code(float scaled) => Math.Min(31, (int)(scaled + 16.5f));
}
