using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Unpacks blocks of a panel into unsigned codes [32 elements, 8, 16 rows, 4], scales in single precision and integer scales: the food of the tile kernels.</summary>
/// <remarks>Block layouts: papers/00-quantization-baselines §5.</remarks>
/// <typeparam name="TLanes">Byte instructions.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe partial class PanelDecoder<TLanes, TVector>
    where TLanes : struct, IByteLanes<TVector>
    where TVector : struct
{
    private const int GroupBytes = 64;
    private const int EighthBytes = 8 * GroupBytes;

    /// <summary>Decodes some blocks of a panel.</summary>
    /// <param name="type">Format of the weight. Panels of Q8_0 are codes already: the target is pointed at them.</param>
    /// <param name="areas">The weight.</param>
    /// <param name="index">Index of the panel.</param>
    /// <param name="block">First block.</param>
    /// <param name="blocks">Number of blocks; 1 in blocks of 256.</param>
    /// <param name="target">Receives codes and scales.</param>
    /// <param name="place">Which panel of the target: 0 or 1.</param>
    /// <param name="panels">Panels of the target.</param>
    public static void Decode(ElementType type, in PanelAreas areas, int index, int block, int blocks, ref TileArguments target, int place, int panels)
    {
        byte* codes = place == 0 ? target.Codes : target.SecondCodes;
        byte* second = areas.Second(index);
        byte* third = areas.Third(index);
        byte* fourth = areas.Fourth(index);
        ScaleDecoder.Place to = new(ref target, place, panels);
        switch (type)
        {
            case ElementType.Q4_0:
                ScaleDecoder.One(areas.First(index), block, blocks, to);
                Nibbles(second + ((long)block * 4 * GroupBytes), blocks, codes);
                break;
            case ElementType.Q4_1:
                ScaleDecoder.Two(areas.First(index), block, blocks, to);
                Nibbles(second + ((long)block * 4 * GroupBytes), blocks, codes);
                break;
            case ElementType.Q5_0:
                ScaleDecoder.One(areas.First(index), block, blocks, to);
                NibblesAndBits(third + ((long)block * 4 * GroupBytes), second + ((long)block * GroupBytes), blocks, codes);
                break;
            case ElementType.Q5_1:
                ScaleDecoder.Two(areas.First(index), block, blocks, to);
                NibblesAndBits(third + ((long)block * 4 * GroupBytes), second + ((long)block * GroupBytes), blocks, codes);
                break;
            case ElementType.IQ4_NL:
                ScaleDecoder.One(areas.First(index), block, blocks, to);
                Levels(second + ((long)block * 4 * GroupBytes), blocks, codes);
                break;
            case ElementType.Q2_K:
                ScaleDecoder.Two(areas.First(index), block, 1, to);
                ScaleDecoder.Q2(second + ((long)block * 16 * PanelFormat.Rows), to);
                Pairs(third + ((long)block * 16 * GroupBytes), codes);
                break;
            case ElementType.Q3_K:
                ScaleDecoder.One(areas.First(index), block, 1, to);
                ScaleDecoder.Q3(second + ((long)block * 12 * PanelFormat.Rows), to);
                PairsAndBits(fourth + ((long)block * 16 * GroupBytes), third + ((long)block * 8 * GroupBytes), codes);
                break;
            case ElementType.Q4_K:
                ScaleDecoder.Two(areas.First(index), block, 1, to);
                ScaleDecoder.Q4(second + ((long)block * 12 * PanelFormat.Rows), to);
                LongNibbles(third + ((long)block * 32 * GroupBytes), null, codes);
                break;
            case ElementType.Q5_K:
                ScaleDecoder.Two(areas.First(index), block, 1, to);
                ScaleDecoder.Q4(second + ((long)block * 12 * PanelFormat.Rows), to);
                LongNibbles(fourth + ((long)block * 32 * GroupBytes), third + ((long)block * 8 * GroupBytes), codes);
                break;
            case ElementType.Q6_K:
                ScaleDecoder.One(areas.First(index), block, 1, to);
                ScaleDecoder.Q6(second + ((long)block * 16 * PanelFormat.Rows), to);
                NibblesAndPairs(third + ((long)block * 32 * GroupBytes), fourth + ((long)block * 16 * GroupBytes), codes);
                break;
            case ElementType.TQ1_0:
                ScaleDecoder.One(areas.First(index), block, 1, to);
                Trits(second + ((long)block * 12 * GroupBytes), third + ((long)block * GroupBytes), codes);
                break;
            case ElementType.TQ2_0:
                ScaleDecoder.One(areas.First(index), block, 1, to);
                Pairs(second + ((long)block * 16 * GroupBytes), codes);
                break;
            case ElementType.Q8_0:
                // Unsigned codes as they lie; the kernels read them in place.
                ScaleDecoder.One(areas.First(index), block, blocks, to);
                byte* stored = second + ((long)block * EighthBytes);
                if (place == 0)
                {
                    target.Codes = stored;
                }
                else
                {
                    target.SecondCodes = stored;
                }

                break;
            default:
                throw new ArgumentException($"Nothing to decode in {BlockLayouts.NameOf(type)}.", nameof(type));
        }
    }
}
