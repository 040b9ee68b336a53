using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q4_0: blocks of 32 as a half-precision scale d and 32 codes of four bits, value d·(q - 8); element j in the low, element j + 16 in the high half
/// of byte j. Encoding: v the first value of largest magnitude, d = v/-8, q = min(15, trunc(x/d + 8.5)) with the unrounded d.
/// </summary>
/// <remarks>Values that are not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.</remarks>
public sealed class Q40Format() : BlockFormat(ElementType.Q4_0)
{
    private const int Codes = 2;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            Vector128<byte> packed = CodeLanes.Load(stored, Codes);
            Vector128<sbyte> middle = Vector128.Create((sbyte)8);
            int first = block * BlockElements;
            CodeLanes.StoreScaled(CodeLanes.Field(packed, 0, 15).AsSByte() - middle, scale, destination, first);
            CodeLanes.StoreScaled(CodeLanes.Field(packed, 4, 15).AsSByte() - middle, scale, destination, first + CodeLanes.Count);
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            float scale = SymmetricScaleSearch.Extreme(values) / -8f;
            float inverse = BlockRange.Inverse(scale);
            BinaryPrimitives.WriteUInt16LittleEndian(stored, BlockRange.Half(scale, this, block));
            for (int j = 0; j < CodeLanes.Count; j++)
            {
                stored[Codes + j] = (byte)(Code(values[j] * inverse) | (Code(values[j + CodeLanes.Count] * inverse) << 4));
            }
        }
    }

    private static int Code(float scaled) => Math.Min(15, (int)(scaled + 8.5f));
}
