using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q2_K: super-blocks of 256 in sixteen blocks of 16, each with a four-bit scale and a four-bit minimum; value d·sc·q - dmin·m with two-bit q.
/// Bytes: sixteen of scales (low half) and minima (high half), 64 of codes, d and dmin as halves. Element 128h + 32j + l has bits 2j, 2j + 1 of byte 32h + l.
/// </summary>
/// <remarks>
/// Encoding searches scale and minimum of every block by weighted least absolute errors (weight |x|) and rounds all codes anew with the stored
/// scales. Values that are not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class Q2KFormat() : BlockFormat(ElementType.Q2_K)
{
    private const int Parts = 16;
    private const int PartElements = 16;
    private const int Levels = 3;
    private const int Codes = 16;
    private const int Scale = 80;
    private const int Minimum = 82;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            Span<float> values = destination.Slice(block * BlockElements, BlockElements);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[Scale..]));
            float minimum = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[Minimum..]));
            for (int part = 0; part < Parts; part++)
            {
                Vector128<byte> packed = CodeLanes.Load(stored, Codes + TwoBitOrder.Byte(part));
                float shift = -(minimum * (stored[part] >> 4));
                CodeLanes.StoreAffine(CodeLanes.Field(packed, TwoBitOrder.Shift(part), Levels), scale * (stored[part] & 15), shift, values, part * PartElements);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        Span<byte> codes = stackalloc byte[BlockElements];
        for (int block = 0; block < source.Length / BlockElements; block++)
        {
            ReadOnlySpan<float> values = BlockRange.Take(source, this, block);
            Span<byte> stored = destination.Slice(block * BlockBytes, BlockBytes);
            EncodeCodes(values, codes, stored, block);
            TwoBitOrder.Pack(codes, stored.Slice(Codes, TwoBitOrder.Bytes));
        }
    }

    private void EncodeCodes(ReadOnlySpan<float> values, Span<byte> codes, Span<byte> stored, int block)
    {
        AffineScaleSearch search = new(Levels, start: -0.5f, steps: 15, absolute: true);
        Span<float> scales = stackalloc float[Parts];
        Span<float> minima = stackalloc float[Parts];
        Span<float> weights = stackalloc float[PartElements];
        float largestScale = 0;
        float largestMinimum = 0;
        for (int part = 0; part < Parts; part++)
        {
            ReadOnlySpan<float> of = values.Slice(part * PartElements, PartElements);
            for (int index = 0; index < weights.Length; index++)
            {
                weights[index] = MathF.Abs(of[index]);
            }

            scales[part] = search.Find(of, weights, codes.Slice(part * PartElements, PartElements), out minima[part]);
            largestScale = scales[part] > largestScale ? scales[part] : largestScale;
            largestMinimum = minima[part] > largestMinimum ? minima[part] : largestMinimum;
        }

        Span<byte> scaleCodes = stackalloc byte[Parts];
        Span<byte> minimumCodes = stackalloc byte[Parts];
        SuperBlockMinima.RoundAll(scales, largestScale, 15, scaleCodes);
        SuperBlockMinima.RoundAll(minima, largestMinimum, 15, minimumCodes);
        ushort scaleHalf = BlockRange.Half(largestScale / 15f, this, block);
        ushort minimumHalf = BlockRange.Half(largestMinimum / 15f, this, block);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[Scale..], scaleHalf);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[Minimum..], minimumHalf);
        float scaleStep = Float16Conversion.ToSingle(scaleHalf);
        float minimumStep = Float16Conversion.ToSingle(minimumHalf);
        for (int part = 0; part < Parts; part++)
        {
            stored[part] = (byte)(scaleCodes[part] | (minimumCodes[part] << 4));
            Range elements = new(part * PartElements, (part + 1) * PartElements);
            SuperBlockMinima.RoundCodes(values[elements], scaleStep * scaleCodes[part], minimumStep * minimumCodes[part], Levels, codes[elements]);
        }
    }
}
