using System.Runtime.InteropServices;
using Agents.Models.Files;
using Agents.Numerics.Formats;

namespace Agents.Models.Gguf;

/// <summary>
/// The parsed and checked front part of a GGUF file. Layout: "GGUF", u32 version, u64 tensor count, u64 key count, keys, tensor
/// descriptions, padding to the alignment, data.
/// </summary>
/// <param name="Version">2 or 3; the two differ only for big-endian files, which are refused.</param>
/// <param name="Alignment">Alignment of the data part and of each tensor in it, in bytes.</param>
/// <param name="DataOffset">First byte of the data part.</param>
/// <param name="Metadata">The keys.</param>
/// <param name="Tensors">The tensors by name, in file order.</param>
internal sealed record GgufHeader(
    int Version, int Alignment, long DataOffset, GgufMetadata Metadata, OrderedDictionary<string, GgufTensor> Tensors)
{
    /// <summary>The first four bytes, "GGUF", as a little-endian number.</summary>
    public const uint Magic = 0x4655_4747;

    /// <summary>Name of the key that sets the alignment.</summary>
    public const string AlignmentKey = "general.alignment";

    /// <summary>Alignment of files without that key.</summary>
    public const int DefaultAlignment = 32;

    /// <summary>Longest tensor name in bytes; the format's reader in C keeps 64 with the terminator.</summary>
    public const int MaximumNameBytes = 63;

    /// <summary>Longest key in bytes.</summary>
    public const int MaximumKeyBytes = 65535;

    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaximumDimensions = 4;

    // Length, one character, type, one byte of value.
    private const int MinimumKeyBytes = 8 + 1 + 4 + 1;

    // Length, one character, dimension count, type, offset.
    private const int MinimumTensorBytes = 8 + 1 + 4 + 4 + 8;

    /// <summary>Parses a file.</summary>
    /// <param name="image">The file.</param>
    /// <returns>The header; every tensor of a known layout lies inside the file and overlaps no other.</returns>
    /// <exception cref="GgufFormatException">The file is no GGUF file of a supported version, damaged, or hostile.</exception>
    public static GgufHeader Parse(FileImage image)
    {
        GgufCursor cursor = new(image);
        if (cursor.Read<uint>("the magic number") is var magic && magic != Magic)
        {
            throw cursor.Error(0, $"not a GGUF file: it starts with 0x{magic:x8}, expected 0x{Magic:x8} (\"GGUF\")");
        }

        uint version = cursor.Read<uint>("the version");
        if (version is not (2 or 3))
        {
            string hint = version != 0 && (version & 0xffff) == 0 ? "a big-endian file" : $"version {version}";
            throw cursor.Error(4, $"{hint} is not supported, expected little-endian version 2 or 3");
        }

        // The counts stand side by side, so the tensors' share is checked again when their part is reached.
        int tensorCount = cursor.ReadCount(MinimumTensorBytes, "tensors");
        int keyCount = cursor.ReadCount(MinimumKeyBytes, "metadata keys");
        GgufMetadata metadata = new(image.Name, ParseKeys(ref cursor, keyCount));
        int alignment = ParseAlignment(metadata, cursor);
        OrderedDictionary<string, GgufTensor> tensors = ParseTensors(ref cursor, tensorCount, alignment);
        long dataOffset = cursor.Position + Padding(cursor.Position, alignment);
        RequireInside(image, dataOffset, tensors);
        return new GgufHeader((int)version, alignment, dataOffset, metadata, tensors);
    }

    /// <summary>Bytes from a position to the next multiple of an alignment.</summary>
    /// <param name="position">The position, at least 0.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>0 to alignment - 1.</returns>
    public static long Padding(long position, int alignment) => -position & (alignment - 1);

    private static OrderedDictionary<string, GgufValue> ParseKeys(ref GgufCursor cursor, int count)
    {
        OrderedDictionary<string, GgufValue> values = new(count, StringComparer.Ordinal);
        for (int index = 0; index < count; index++)
        {
            long start = cursor.Position;
            string key = cursor.ReadString(MaximumKeyBytes, "a metadata key");
            if (key.Length == 0)
            {
                throw cursor.Error(start, "a metadata key is empty");
            }

            if (!values.TryAdd(key, ParseValue(ref cursor, key)))
            {
                throw cursor.Error(start, $"metadata key '{key}' occurs twice");
            }
        }

        return values;
    }

    private static GgufValue ParseValue(ref GgufCursor cursor, string key)
    {
        long start = cursor.Position;
        uint type = cursor.Read<uint>("the type of a metadata value");
        return (GgufValueType)type switch
        {
            GgufValueType.UInt8 => GgufValue.Of(cursor.Read<byte>(key)),
            GgufValueType.Int8 => GgufValue.Of(cursor.Read<sbyte>(key)),
            GgufValueType.UInt16 => GgufValue.Of(cursor.Read<ushort>(key)),
            GgufValueType.Int16 => GgufValue.Of(cursor.Read<short>(key)),
            GgufValueType.UInt32 => GgufValue.Of(cursor.Read<uint>(key)),
            GgufValueType.Int32 => GgufValue.Of(cursor.Read<int>(key)),
            GgufValueType.Float32 => GgufValue.Of(cursor.Read<float>(key)),
            GgufValueType.Bool => GgufValue.Of(ToBoolean(cursor.Read<byte>(key), cursor, key)),
            GgufValueType.String => GgufValue.Of(cursor.ReadString(GgufCursor.MaximumStringBytes, key)),
            GgufValueType.UInt64 => GgufValue.Of(cursor.Read<ulong>(key)),
            GgufValueType.Int64 => GgufValue.Of(cursor.Read<long>(key)),
            GgufValueType.Float64 => GgufValue.Of(cursor.Read<double>(key)),
            GgufValueType.Array => ParseArray(ref cursor, key),
            _ => throw cursor.Error(start, $"metadata key '{key}' has the unknown value type {type}"),
        };
    }

    private static GgufValue ParseArray(ref GgufCursor cursor, string key)
    {
        long start = cursor.Position;
        uint type = cursor.Read<uint>("the element type of a metadata array");
        return (GgufValueType)type switch
        {
            GgufValueType.UInt8 => GgufValue.Wrap(cursor.ReadArray<byte>(key)),
            GgufValueType.Int8 => GgufValue.Wrap(cursor.ReadArray<sbyte>(key)),
            GgufValueType.UInt16 => GgufValue.Wrap(cursor.ReadArray<ushort>(key)),
            GgufValueType.Int16 => GgufValue.Wrap(cursor.ReadArray<short>(key)),
            GgufValueType.UInt32 => GgufValue.Wrap(cursor.ReadArray<uint>(key)),
            GgufValueType.Int32 => GgufValue.Wrap(cursor.ReadArray<int>(key)),
            GgufValueType.Float32 => GgufValue.Wrap(cursor.ReadArray<float>(key)),
            GgufValueType.Bool => GgufValue.Wrap(ParseBooleans(ref cursor, key)),
            GgufValueType.String => GgufValue.Wrap(ParseStrings(ref cursor, key)),
            GgufValueType.UInt64 => GgufValue.Wrap(cursor.ReadArray<ulong>(key)),
            GgufValueType.Int64 => GgufValue.Wrap(cursor.ReadArray<long>(key)),
            GgufValueType.Float64 => GgufValue.Wrap(cursor.ReadArray<double>(key)),
            GgufValueType.Array => throw cursor.Error(start, $"metadata key '{key}' is an array of arrays, which is not supported"),
            _ => throw cursor.Error(start, $"metadata key '{key}' is an array of the unknown type {type}"),
        };
    }

    private static bool[] ParseBooleans(ref GgufCursor cursor, string key)
    {
        byte[] bytes = cursor.ReadArray<byte>(key);
        var values = new bool[bytes.Length];
        for (int index = 0; index < bytes.Length; index++)
        {
            values[index] = ToBoolean(bytes[index], cursor, key);
        }

        return values;
    }

    private static string[] ParseStrings(ref GgufCursor cursor, string key)
    {
        var values = new string[cursor.ReadCount(sizeof(ulong), "strings")];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = cursor.ReadString(GgufCursor.MaximumStringBytes, key);
        }

        return values;
    }

    private static bool ToBoolean(byte value, GgufCursor cursor, string key) => value switch
    {
        0 => false,
        1 => true,
        _ => throw cursor.Error(cursor.Position - 1, $"metadata key '{key}' holds the byte {value} as a boolean, expected 0 or 1"),
    };

    private static int ParseAlignment(GgufMetadata metadata, GgufCursor cursor)
    {
        long alignment = metadata.GetInt64(AlignmentKey, DefaultAlignment);
        return alignment is > 0 and <= 1 << 30 && long.IsPow2(alignment)
            ? (int)alignment
            : throw cursor.Error(cursor.Position, $"{AlignmentKey} is {alignment}, expected a power of two up to 2^30");
    }

    private static OrderedDictionary<string, GgufTensor> ParseTensors(ref GgufCursor cursor, int count, int alignment)
    {
        if (count > cursor.Remaining / MinimumTensorBytes)
        {
            throw cursor.Error(cursor.Position, $"{count} tensors are declared, but {cursor.Remaining} bytes are left");
        }

        OrderedDictionary<string, GgufTensor> tensors = new(count, StringComparer.Ordinal);
        for (int index = 0; index < count; index++)
        {
            long start = cursor.Position;
            GgufTensor tensor = ParseTensor(ref cursor, alignment);
            if (!tensors.TryAdd(tensor.Name, tensor))
            {
                throw cursor.Error(start, $"tensor '{tensor.Name}' occurs twice");
            }
        }

        return tensors;
    }

    private static GgufTensor ParseTensor(ref GgufCursor cursor, int alignment)
    {
        long start = cursor.Position;
        string name = cursor.ReadString(MaximumNameBytes, "a tensor name");
        if (name.Length == 0)
        {
            throw cursor.Error(start, "a tensor name is empty");
        }

        uint rank = cursor.Read<uint>("the number of dimensions");
        if (rank > MaximumDimensions)
        {
            throw cursor.Error(start, $"tensor '{name}' has {rank} dimensions, expected at most {MaximumDimensions}");
        }

        var dimensions = new long[rank];
        long elements = 1;
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            long size = cursor.Read<long>("a dimension");
            if (size <= 0 || elements > long.MaxValue / size)
            {
                throw cursor.Error(start, $"tensor '{name}' has a dimension of {size} elements, or more elements in all than 64 bits count");
            }

            dimensions[axis] = size;
            elements *= size;
        }

        ElementType type = (ElementType)cursor.Read<int>("the element type");
        ulong offset = cursor.Read<ulong>("the offset of a tensor");
        if (offset > long.MaxValue || offset % (uint)alignment != 0)
        {
            throw cursor.Error(start, $"tensor '{name}' starts at offset {offset}, expected a multiple of the alignment {alignment}");
        }

        long bytes = 0;
        if (BlockLayouts.TryGet(type, out BlockLayout layout)
            && ((rank == 0 ? 1 : dimensions[0]) % layout.Elements != 0 || !layout.TryGetByteCount(elements, out bytes)))
        {
            throw cursor.Error(
                start,
                $"tensor '{name}' of shape [{string.Join(", ", dimensions)}] is no whole number of {type} blocks of {layout.Elements} per row, or too large");
        }

        return new GgufTensor(name, type, ImmutableCollectionsMarshal.AsImmutableArray(dimensions), elements, (long)offset, bytes);
    }

    private static void RequireInside(FileImage image, long dataOffset, OrderedDictionary<string, GgufTensor> tensors)
    {
        long dataBytes = image.Length - dataOffset;
        var ordered = new GgufTensor[tensors.Count];
        tensors.Values.CopyTo(ordered, 0);
        foreach (GgufTensor tensor in ordered)
        {
            if (tensor.Offset > dataBytes || tensor.ByteCount > dataBytes - tensor.Offset)
            {
                throw new GgufFormatException(
                    $"{image.Name}: tensor '{tensor.Name}' takes {tensor.ByteCount} bytes at offset {tensor.Offset}, but the data part has {Math.Max(0, dataBytes)}: the file is truncated or damaged.");
            }
        }

        // Of two tensors at one offset the longer comes first, so that the other is seen to lie inside of it.
        Array.Sort(ordered, static (left, right) =>
            left.Offset != right.Offset ? left.Offset.CompareTo(right.Offset) : right.ByteCount.CompareTo(left.ByteCount));
        for (int index = 1; index < ordered.Length; index++)
        {
            if (ordered[index].Offset < ordered[index - 1].Offset + ordered[index - 1].ByteCount)
            {
                throw new GgufFormatException($"{image.Name}: the tensors '{ordered[index - 1].Name}' and '{ordered[index].Name}' overlap.");
            }
        }
    }
}
