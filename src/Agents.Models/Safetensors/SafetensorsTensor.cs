using System.Collections.Immutable;
using Agents.Numerics.Formats;

namespace Agents.Models.Safetensors;

/// <summary>The description of one tensor of a safetensors file. Its range is checked against the file when it is opened.</summary>
public sealed class SafetensorsTensor
{
    internal SafetensorsTensor(string name, string dataType, ImmutableArray<long> shape, long elements, long begin, long end)
    {
        Name = name;
        DataType = dataType;
        Shape = shape;
        ElementCount = elements;
        Offset = begin;
        ByteCount = end - begin;
    }

    /// <summary>Unique name.</summary>
    public string Name { get; }

    /// <summary>Type as the file names it, such as <c>BF16</c>.</summary>
    public string DataType { get; }

    /// <summary>The type to decode; null for types whose values this build does not read (their bytes are available).</summary>
    public ElementType? Type => DataType switch
    {
        "F32" => ElementType.F32,
        "F16" => ElementType.F16,
        "BF16" => ElementType.BF16,
        _ => null,
    };

    /// <summary>Row-major shape, <c>[out, in]</c> for a weight; empty for a single number.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Number of elements; may be 0.</summary>
    public long ElementCount { get; }

    /// <summary>First byte, relative to the end of the header.</summary>
    public long Offset { get; }

    /// <summary>Size of the data in bytes.</summary>
    public long ByteCount { get; }
}
