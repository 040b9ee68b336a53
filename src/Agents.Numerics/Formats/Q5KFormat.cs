using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q5_K: as Q4_K with five-bit codes. Bytes: d and dmin as halves, twelve of packed scales, 32 of fifth bits (bit k of byte l belongs to element l of
/// block k), then the low four bits in the order of Q4_K.
/// </summary>
/// <remarks>
/// Encoding searches scale and minimum of every block by weighted least squares (weight: root mean square of the block plus |x|) and rounds all
/// codes anew with the stored scales. Values that are not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class Q5KFormat() : BlockFormat(ElementType.Q5_K)
{
    private const int Levels = 31;
    private const int Chunk = 32;
    private const int Codes = SuperBlockMinima.Bytes + Chunk;

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
                    Vector128<byte> low = CodeLanes.Field(CodeLanes.Load(stored, Codes + ((part >> 1) * Chunk) + half), (part & 1) * 4, 15);
                    Vector128<byte> high = CodeLanes.Field(CodeLanes.Load(stored, SuperBlockMinima.Bytes + half), part, 1);
                    CodeLanes.StoreAffine(low | (high.AsUInt16() << 4).AsByte(), step, shift, values, (part * Chunk) + half);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        AffineScaleSearch search = new(Levels, start: -0.5f, steps: 15, absolute: false);
        Span<byte> codes = stackalloc byte[BlockElements];
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            SuperBlockMinima.Encode(values, search, Levels, codes, stored, this, block);
            Span<byte> high = stored.Slice(SuperBlockMinima.Bytes, Chunk);
            high.Clear();
            for (int index = 0; index < BlockElements; index++)
            {
                high[index % Chunk] |= (byte)(codes[index] >> 4 << (index / Chunk));
            }

            Span<byte> packed = stored[Codes..];
            for (int index = 0; index < packed.Length; index++)
            {
                int at = (index / Chunk * 2 * Chunk) + (index % Chunk);
                packed[index] = (byte)((codes[at] & 15) | (codes[at + Chunk] << 4));
            }
        }
    }
}
