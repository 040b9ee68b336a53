using System.Buffers.Binary;
using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Reference;

/// <summary>Blocks of 32 elements with one scale.</summary>
/// <remarks>Layouts: papers/00-quantization-baselines §5.</remarks>
internal static class Block32Extraction
{
    private const int Elements = 32;

    /// <summary>Gets the 16 levels of IQ4_NL.</summary>
    public static ReadOnlySpan<sbyte> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Takes one block apart.</summary>
    /// <param name="type">A type with blocks of 32.</param>
    /// <param name="stored">The bytes of the block.</param>
    /// <param name="block">Receives the parts.</param>
    public static void Extract(ElementType type, ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.ResetToOneScale(Elements);
        block.D = BlockExtraction.Half(stored);
        Span<int> codes = block.Codes;
        switch (type)
        {
            case ElementType.Q8_0:
                for (int i = 0; i < Elements; i++)
                {
                    codes[i] = (sbyte)stored[2 + i];
                }

                break;
            case ElementType.Q4_0:
                Nibbles(stored[2..], codes);
                Subtract(codes, 8);
                break;
            case ElementType.IQ4_NL:
                Nibbles(stored[2..], codes);
                for (int i = 0; i < Elements; i++)
                {
                    codes[i] = Levels[codes[i]];
                }

                break;
            case ElementType.Q4_1:
                SetMinimum(stored, block);
                Nibbles(stored[4..], codes);
                break;
            case ElementType.Q5_0:
                Nibbles(stored[6..], codes);
                FifthBits(BinaryPrimitives.ReadUInt32LittleEndian(stored[2..]), codes);
                Subtract(codes, 16);
                break;
            default:
                SetMinimum(stored, block);
                Nibbles(stored[8..], codes);
                FifthBits(BinaryPrimitives.ReadUInt32LittleEndian(stored[4..]), codes);
                break;
        }
    }

    private static void SetMinimum(ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        block.DMin = BlockExtraction.Half(stored[2..]);
        block.Minimums[0] = -1;
    }

    private static void Nibbles(ReadOnlySpan<byte> stored, Span<int> codes)
    {
        for (int i = 0; i < Elements / 2; i++)
        {
            codes[i] = stored[i] & 15;
            codes[i + (Elements / 2)] = stored[i] >> 4;
        }
    }

    private static void FifthBits(uint bits, Span<int> codes)
    {
        for (int i = 0; i < Elements; i++)
        {
            codes[i] += (int)((bits >> i) & 1) << 4;
        }
    }

    private static void Subtract(Span<int> codes, int offset)
    {
        for (int i = 0; i < Elements; i++)
        {
            codes[i] -= offset;
        }
    }
}
