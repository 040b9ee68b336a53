using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Agents.Numerics.Formats.Search;

namespace Agents.Numerics.Formats;

/// <summary>
/// IQ4_NL: blocks of 32 as a half-precision scale d and 32 codes of four bits that name one of sixteen unevenly spaced levels T, value d·T[q];
/// nibbles in the order of Q4_0.
/// </summary>
/// <remarks>
/// Encoding weighs errors by x². With search (the default, and what llama.cpp writes) seven finer and seven coarser scales are tried, the one with the
/// largest (Σ w T x)²/Σ w T² is kept, and the values are rounded anew with it; without, one scale is fitted to one rounding.
/// Values that are not finite, or whose scale a half cannot hold, are refused with <see cref="ArgumentException"/>.
/// </remarks>
/// <param name="search">Whether several scales are tried.</param>
public sealed class IQ4NLFormat(bool search = true) : BlockFormat(ElementType.IQ4_NL)
{
    private const int Codes = 2;

    /// <inheritdoc/>
    protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        Vector128<sbyte> levels = Vector128.Create(NonlinearLevels.Values);
        for (int block = 0; block < destination.Length / BlockElements; block++)
        {
            ReadOnlySpan<byte> stored = source.Slice(block * BlockBytes, BlockBytes);
            float scale = Float16Conversion.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            Vector128<byte> packed = CodeLanes.Load(stored, Codes);
            int first = block * BlockElements;
            CodeLanes.StoreScaled(Vector128.Shuffle(levels, CodeLanes.Field(packed, 0, 15).AsSByte()), scale, destination, first);
            CodeLanes.StoreScaled(Vector128.Shuffle(levels, CodeLanes.Field(packed, 4, 15).AsSByte()), scale, destination, first + CodeLanes.Count);
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
            float scale = NonlinearScaleSearch.Find(values, codes, search);
            BinaryPrimitives.WriteUInt16LittleEndian(stored, BlockRange.Half(scale, this, block));
            for (int j = 0; j < CodeLanes.Count; j++)
            {
                stored[Codes + j] = (byte)(codes[j] | (codes[j + CodeLanes.Count] << 4));
            }
        }
    }
}
