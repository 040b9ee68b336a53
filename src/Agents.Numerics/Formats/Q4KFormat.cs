using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q4_K: super-blocks of 256 in eight blocks of 32, each with a six-bit scale and a six-bit minimum; value d·sc·q - dmin·m with four-bit q.
/// Bytes: d and dmin as halves, twelve of packed scales, then four times 32 whose low halves are one block and whose high halves the next.
/// </summary>
/// <remarks>
/// Encoding searches scale and minimum of every block by weighted least squares (weight: root mean square of the block plus |x|) and rounds all
/// codes anew with the stored scales. Values that are not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class Q4KFormat() : BlockFormat(ElementType.Q4_K)
{
    private const int Levels = 15;
    private const int Chunk = 32;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        Span<byte> scales = stackalloc byte[8];
        Span<byte> minima = stackalloc byte[8];
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            Span<float> values = destination.Slice(block * BlockElements, BlockElements);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            float minimum = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[2..]));
            SixBitScales.UnpackPairs(stored.Slice(4, SixBitScales.Bytes), scales, minima);
            for (int part = 0; part < scales.Length; part++)
            {
                float step = scale * scales[part];
                float shift = -(minimum * minima[part]);
                for (int half = 0; half < Chunk; half += CodeLanes.Count)
                {
                    Vector128<byte> packed = CodeLanes.Load(stored, SuperBlockMinima.Bytes + ((part >> 1) * Chunk) + half);
                    CodeLanes.StoreAffine(CodeLanes.Field(packed, (part & 1) * 4, Levels), step, shift, values, (part * Chunk) + half);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        AffineScaleSearch search = new(Levels, start: -1f, steps: 20, absolute: false);
        Span<byte> codes = stackalloc byte[BlockElements];
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            SuperBlockMinima.Encode(values, search, Levels, codes, stored, this, block);
            Span<byte> packed = stored[SuperBlockMinima.Bytes..];
            for (int index = 0; index < packed.Length; index++)
            {
                int at = (index / Chunk * 2 * Chunk) + (index % Chunk);
                packed[index] = (byte)(codes[at] | (codes[at + Chunk] << 4));
            }
        }
    }
}
