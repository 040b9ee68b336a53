using System.Collections.Immutable;
using Agents.Numerics.Formats;

namespace Agents.Models.Gguf;

/// <summary>The description of one tensor of a GGUF file. Sizes are checked against the file when it is opened.</summary>
public sealed class GgufTensor
{
    internal GgufTensor(string name, ElementType type, ImmutableArray<long> dimensions, long elements, long offset, long bytes)
    {
        Name = name;
        Type = type;
        Dimensions = dimensions;
        ElementCount = elements;
        Offset = offset;
        ByteCount = bytes;
    }

    /// <summary>Unique name.</summary>
    public string Name { get; }

    /// <summary>Element type; may be an id without a name, whose data is refused.</summary>
    public ElementType Type { get; }

    /// <summary>Dimensions as stored, the contiguous one first: <c>[in, out]</c> for a weight.</summary>
    public ImmutableArray<long> Dimensions { get; }

    /// <summary>Dimensions in row-major order, the contiguous one last: <c>[out, in]</c> for a weight.</summary>
    public ImmutableArray<long> Shape => [.. Dimensions.Reverse()];

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Elements per row, that is of the contiguous dimension.</summary>
    public long RowLength => Dimensions.IsEmpty ? 1 : Dimensions[0];

    /// <summary>Number of rows.</summary>
    public long RowCount => ElementCount / RowLength;

    /// <summary>First byte, relative to the start of the data part of the file.</summary>
    public long Offset { get; }

    /// <summary>Size of the data in bytes; 0 when the layout of the type is unknown.</summary>
    public long ByteCount { get; }

    /// <summary>Bytes per row; 0 when the layout of the type is unknown.</summary>
    public long RowBytes => ByteCount / RowCount;
}
