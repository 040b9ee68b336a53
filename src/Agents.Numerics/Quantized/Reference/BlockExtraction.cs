using System.Buffers.Binary;
using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Reference;

/// <summary>Takes stored blocks of every packed type but F16 and BF16 apart.</summary>
internal static class BlockExtraction
{
    /// <summary>Takes one block apart.</summary>
    /// <param name="type">Type of the block.</param>
    /// <param name="stored">The bytes of the block as in a file.</param>
    /// <param name="block">Receives the parts.</param>
    /// <exception cref="ArgumentException">The type has no codes.</exception>
    public static void Extract(ElementType type, ReadOnlySpan<byte> stored, IntegerBlock block)
    {
        switch (type)
        {
            case ElementType.Q4_0:
            case ElementType.Q4_1:
            case ElementType.Q5_0:
            case ElementType.Q5_1:
            case ElementType.Q8_0:
            case ElementType.IQ4_NL:
                Block32Extraction.Extract(type, stored, block);
                break;
            case ElementType.Q2_K:
                KQuantExtraction.ExtractQ2(stored, block);
                break;
            case ElementType.Q3_K:
                KQuantExtraction.ExtractQ3(stored, block);
                break;
            case ElementType.Q4_K:
                KQuantExtraction.ExtractQ4(stored, block);
                break;
            case ElementType.Q5_K:
                KQuantExtraction.ExtractQ5(stored, block);
                break;
            case ElementType.Q6_K:
                KQuantExtraction.ExtractQ6(stored, block);
                break;
            case ElementType.TQ1_0:
                TernaryExtraction.ExtractBase3(stored, block);
                break;
            case ElementType.TQ2_0:
                TernaryExtraction.ExtractBits(stored, block);
                break;
            default:
                throw new ArgumentException($"{BlockLayouts.NameOf(type)} has no blocks of codes.", nameof(type));
        }
    }

    /// <summary>Reads a half.</summary>
    /// <param name="stored">Starts with the half.</param>
    public static float Half(ReadOnlySpan<byte> stored) => Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
}
