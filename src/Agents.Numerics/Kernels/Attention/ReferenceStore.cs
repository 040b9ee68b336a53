using System.Numerics;
using Agents.Numerics.Formats;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>Single numbers of a key/value store, for the reference kernels.</summary>
/// <typeparam name="T">Element type of the kernels.</typeparam>
internal static unsafe class ReferenceStore<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Writes the keys and values of one position.</summary>
    public static void Write(AttentionSegment* segment, int position, T* keys, T* values)
    {
        KeyValueLayout layout = segment->Layout;
        byte* page = segment->PageOf(position);
        int at = position % layout.PagePositions;
        int size = layout.Shape.HeadSize;
        int lane = at % AttentionShape.KeyBlock;
        for (int head = 0; head < layout.Shape.KeyValueHeads; head++)
        {
            byte* block = page + layout.KeyBlockOffset(head, at / AttentionShape.KeyBlock);
            ushort* keyScales = (ushort*)block + lane;
            ushort* valueScales = (ushort*)(page + layout.ValueScaleOffset(head, at));
            WriteRow(layout.Type, keys + (head * size), size, block + layout.KeyScaleBytes, lane, AttentionShape.KeyBlock, keyScales, AttentionShape.KeyBlock);
            WriteRow(layout.Type, values + (head * size), size, page + layout.ValueOffset(head, at), 0, 1, valueScales, 1);
        }
    }

    /// <summary>One component of a stored key.</summary>
    public static T Key(AttentionSegment* segment, int head, int position, int component)
    {
        KeyValueLayout layout = segment->Layout;
        int at = position % layout.PagePositions;
        int lane = at % AttentionShape.KeyBlock;
        byte* block = segment->PageOf(position) + layout.KeyBlockOffset(head, at / AttentionShape.KeyBlock);
        ushort* scale = (ushort*)block + (component / KeyValueLayout.GroupSize * AttentionShape.KeyBlock) + lane;
        return Read(layout.Type, block + layout.KeyScaleBytes, (component * AttentionShape.KeyBlock) + lane, scale);
    }

    /// <summary>One component of a stored value.</summary>
    public static T Value(AttentionSegment* segment, int head, int position, int component)
    {
        KeyValueLayout layout = segment->Layout;
        int at = position % layout.PagePositions;
        byte* page = segment->PageOf(position);
        ushort* scale = (ushort*)(page + layout.ValueScaleOffset(head, at)) + (component / KeyValueLayout.GroupSize);
        return Read(layout.Type, page + layout.ValueOffset(head, at), component, scale);
    }

    private static T Read(ElementType type, byte* data, int index, ushort* scale) => type switch
    {
        ElementType.F16 => T.CreateTruncating(Float16Conversion.ToSingle(((ushort*)data)[index])),
        ElementType.Q8_0 => T.CreateTruncating(((sbyte*)data)[index] * Float16Conversion.ToSingle(*scale)),
        _ => ((T*)data)[index],
    };

    private static void WriteRow(ElementType type, T* row, int size, byte* data, int offset, int stride, ushort* scales, int scaleStride)
    {
        float* group = stackalloc float[KeyValueLayout.GroupSize];
        for (int first = 0; first < size; first += KeyValueLayout.GroupSize)
        {
            int count = Math.Min(KeyValueLayout.GroupSize, size - first);
            for (int i = 0; i < count; i++)
            {
                group[i] = float.CreateTruncating(row[first + i]);
                long at = offset + ((long)(first + i) * stride);
                if (type == ElementType.F16)
                {
                    ((ushort*)data)[at] = KeyValueCode.Half(group[i]);
                }
                else if (type != ElementType.Q8_0)
                {
                    ((T*)data)[at] = row[first + i];
                }
            }

            if (type == ElementType.Q8_0)
            {
                scales[first / KeyValueLayout.GroupSize * scaleStride] = KeyValueCode.Codes(group, count, (sbyte*)data + offset + ((long)first * stride), stride);
            }
        }
    }
}
