using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// TQ1_0: super-blocks of 256 ternary digits t in 0..2 with one scale, value d·(t - 1); five digits per byte (four in the last bytes), stored as
/// ceil(256 v / 243) with the first digit most significant. Bytes: 48 of five digits, 4 of four digits, d as half. Digit n of byte m is element 32n + m
/// for the first 32 bytes, 160 + 16n + (m - 32) for the next 16, and 240 + 4n + m for the last four.
/// </summary>
/// <remarks>
/// Encoding: d = max|x|, t = x/d rounded half away from zero, plus 1. Meant for weights that are ternary already. Values that are not finite, or whose
/// scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
public sealed class TQ10Format() : BlockFormat(ElementType.TQ1_0)
{
    private const int Scale = 52;
    private const int LastBytes = 48;
    private const int LastElements = 240;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            Span<float> values = destination.Slice(block * BlockElements, BlockElements);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[Scale..]));
            DecodeRun(CodeLanes.Load(stored, 0), 32, scale, values);
            DecodeRun(CodeLanes.Load(stored, 16), 32, scale, values[16..]);
            DecodeRun(CodeLanes.Load(stored, 32), 16, scale, values[160..]);
            int power = 1;
            for (int digit = 0; digit < 4; digit++, power *= 3)
            {
                for (int index = 0; index < 4; index++)
                {
                    int trit = ((stored[LastBytes + index] * power) & 255) * 3 >> 8;
                    values[LastElements + (4 * digit) + index] = scale * (trit - 1);
                }
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
            for (int index = 0; index < 32; index++)
            {
                stored[index] = Pack(trits, index, 32, 5);
            }

            for (int index = 0; index < 16; index++)
            {
                stored[32 + index] = Pack(trits, 160 + index, 16, 5);
            }

            for (int index = 0; index < 4; index++)
            {
                stored[LastBytes + index] = Pack(trits, LastElements + index, 4, 4);
            }
        }
    }

    private static void DecodeRun(Vector128<byte> packed, int stride, float scale, Span<float> values)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(packed);
        Vector128<ushort> mask = Vector128.Create((ushort)255);
        for (int digit = 0; digit < 5; digit++)
        {
            Vector128<byte> trits = Vector128.Narrow((lower * 3) >>> 8, (upper * 3) >>> 8);
            CodeLanes.StoreScaled(trits.AsSByte() - Vector128<sbyte>.One, scale, values, digit * stride);
            lower = (lower * 3) & mask;
            upper = (upper * 3) & mask;
        }
    }

    /// <summary>Packs digits; a missing fifth one counts as 0.</summary>
    private static byte Pack(ReadOnlySpan<byte> trits, int first, int stride, int digits)
    {
        int value = 0;
        for (int digit = 0; digit < 5; digit++)
        {
            value = (value * 3) + (digit < digits ? trits[first + (digit * stride)] : 0);
        }

        return (byte)(((value * 256) + 242) / 243);
    }
}
