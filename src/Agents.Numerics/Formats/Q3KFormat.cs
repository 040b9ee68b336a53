using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q3_K: super-blocks of 256 in sixteen blocks of 16, each with a six-bit scale; value d·(sc - 32)·q with q in -4..3. Bytes: 32 of third bits (bit
/// 4h + j of byte l belongs to element 128h + 32j + l; a set bit means that 4 is not subtracted), 64 of two-bit codes, twelve of scales, d as half.
/// </summary>
/// <remarks>
/// Encoding improves the codes of a block one at a time and rounds all of them anew with the stored scales. Values that are not finite, or whose
/// scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class Q3KFormat() : BlockFormat(ElementType.Q3_K)
{
    private const int Parts = 16;
    private const int PartElements = 16;
    private const int Levels = 4;
    private const int ScaleLevels = 32;
    private const int HighBits = 32;
    private const int Codes = 32;
    private const int Scales = 96;
    private const int Scale = 108;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        Span<byte> scales = stackalloc byte[Parts];
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            Span<float> values = destination.Slice(block * BlockElements, BlockElements);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[Scale..]));
            SixBitScales.UnpackSixteen(stored.Slice(Scales, SixBitScales.Bytes), scales);
            for (int part = 0; part < Parts; part++)
            {
                Vector128<byte> low = CodeLanes.Field(CodeLanes.Load(stored, Codes + TwoBitOrder.Byte(part)), TwoBitOrder.Shift(part), 3);
                Vector128<byte> high = CodeLanes.Field(CodeLanes.Load(stored, (part & 1) * PartElements), part >> 1, 1);
                Vector128<byte> code = low + (high.AsUInt16() << 2).AsByte();
                CodeLanes.StoreScaled(code.AsSByte() - Vector128.Create((sbyte)Levels), scale * (scales[part] - ScaleLevels), values, part * PartElements);
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
            Span<byte> high = stored[..HighBits];
            high.Clear();
            for (int index = 0; index < BlockElements; index++)
            {
                high[index & 31] |= (byte)(codes[index] >> 2 << (index >> 5));
                codes[index] &= 3;
            }

            TwoBitOrder.Pack(codes, stored.Slice(Codes, TwoBitOrder.Bytes));
        }
    }

    private void EncodeCodes(ReadOnlySpan<float> values, Span<byte> codes, Span<byte> stored, int block)
    {
        Span<float> scales = stackalloc float[Parts];
        for (int part = 0; part < Parts; part++)
        {
            Range elements = new(part * PartElements, (part + 1) * PartElements);
            scales[part] = SymmetricScaleDescent.Find(values[elements], codes[elements], Levels);
        }

        float extreme = SymmetricScaleSearch.Extreme(scales);
        float inverse = extreme == 0 ? 0 : -ScaleLevels / extreme;
        Span<byte> scaleCodes = stackalloc byte[Parts];
        for (int part = 0; part < Parts; part++)
        {
            scaleCodes[part] = (byte)(ScaleLevels + NearestInteger.Clamped(inverse * scales[part], -ScaleLevels, ScaleLevels - 1));
        }

        ushort half = BlockRange.Half(BlockRange.Inverse(inverse), this, block);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[Scale..], half);
        SixBitScales.PackSixteen(scaleCodes, stored.Slice(Scales, SixBitScales.Bytes));
        float step = Float16Conversion.ToSingle(half);
        for (int part = 0; part < Parts; part++)
        {
            Range elements = new(part * PartElements, (part + 1) * PartElements);
            SignedCodes.Round(values[elements], step * (scaleCodes[part] - ScaleLevels), Levels, codes[elements]);
        }
    }
}
