using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// Q6_K: super-blocks of 256 in sixteen blocks of 16, each with a signed eight-bit scale; value d·sc·(q - 32) with six-bit q. Bytes: 128 of low four
/// bits, 64 of upper two bits, sixteen scales, d as half. In half h, elements l, l + 32, l + 64, l + 96 have the low nibbles of bytes l and l + 32,
/// then their high nibbles, and the bits 0, 2, 4, 6 of upper byte l.
/// </summary>
/// <remarks>
/// Encoding searches the scale of every block by least squares weighted with x² and rounds all codes anew with the stored scales. Values that are
/// not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class Q6KFormat() : BlockFormat(ElementType.Q6_K)
{
    private const int Parts = 16;
    private const int PartElements = 16;
    private const int Levels = 32;
    private const int UpperBits = 128;
    private const int Scales = 192;
    private const int Scale = 208;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        Vector128<sbyte> middle = Vector128.Create((sbyte)Levels);
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            Span<float> values = destination.Slice(block * BlockElements, BlockElements);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[Scale..]));
            for (int part = 0; part < Parts; part++)
            {
                // Part 8h + 2j + i holds the elements 128h + 32j + 16i .. + 15.
                int half = part >> 3;
                int quarter = (part >> 1) & 3;
                int within = (part & 1) * PartElements;
                Vector128<byte> low = CodeLanes.Field(CodeLanes.Load(stored, (64 * half) + (32 * (quarter & 1)) + within), 4 * (quarter >> 1), 15);
                Vector128<byte> upper = CodeLanes.Field(CodeLanes.Load(stored, UpperBits + (32 * half) + within), 2 * quarter, 3);
                Vector128<byte> code = low | (upper.AsUInt16() << 4).AsByte();
                CodeLanes.StoreScaled(code.AsSByte() - middle, scale * (sbyte)stored[Scales + part], values, part * PartElements);
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
            if (!EncodeCodes(values, codes, stored, block))
            {
                stored.Clear();
                continue;
            }

            for (int half = 0; half < 2; half++)
            {
                Pack(codes.Slice(128 * half, 128), stored.Slice(64 * half, 64), stored.Slice(UpperBits + (32 * half), 32));
            }
        }
    }

    private static void Pack(ReadOnlySpan<byte> codes, Span<byte> low, Span<byte> upper)
    {
        for (int index = 0; index < 32; index++)
        {
            byte first = codes[index];
            byte second = codes[index + 32];
            byte third = codes[index + 64];
            byte fourth = codes[index + 96];
            low[index] = (byte)((first & 15) | (third << 4));
            low[index + 32] = (byte)((second & 15) | (fourth << 4));
            upper[index] = (byte)((first >> 4) | (second >> 4 << 2) | (third >> 4 << 4) | (fourth >> 4 << 6));
        }
    }

    /// <summary>Finds scales and codes and stores the scales.</summary>
    /// <returns>False for a block of zeros.</returns>
    private bool EncodeCodes(ReadOnlySpan<float> values, Span<byte> codes, Span<byte> stored, int block)
    {
        Span<float> scales = stackalloc float[Parts];
        for (int part = 0; part < Parts; part++)
        {
            Range elements = new(part * PartElements, (part + 1) * PartElements);
            scales[part] = SymmetricScaleSearch.Find(values[elements], codes[elements], Levels);
        }

        float extreme = SymmetricScaleSearch.Extreme(scales);
        if (MathF.Abs(extreme) < SymmetricScaleSearch.Negligible)
        {
            return false;
        }

        float inverse = -128f / extreme;
        ushort half = BlockRange.Half(1 / inverse, this, block);
        float step = Float16Conversion.ToSingle(half);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[Scale..], half);
        for (int part = 0; part < Parts; part++)
        {
            int scaleCode = NearestInteger.Clamped(inverse * scales[part], -128, 127);
            stored[Scales + part] = (byte)scaleCode;
            Range elements = new(part * PartElements, (part + 1) * PartElements);
            SignedCodes.Round(values[elements], step * scaleCode, Levels, codes[elements]);
        }

        return true;
    }
}
