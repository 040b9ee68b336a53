using System.Collections.Immutable;
using System.Text.Json;
using Agents.Models.Files;

namespace Agents.Models.Safetensors;

/// <summary>
/// The parsed and checked header of a safetensors file. Layout: u64 header length, JSON object of name to
/// {dtype, shape, data_offsets [begin, end)} plus <c>__metadata__</c> (strings), data without gaps.
/// </summary>
/// <param name="DataOffset">First byte of the data part.</param>
/// <param name="Metadata">The <c>__metadata__</c> strings.</param>
/// <param name="Tensors">The tensors by name, in header order.</param>
internal sealed record SafetensorsHeader(
    long DataOffset, IReadOnlyDictionary<string, string> Metadata, OrderedDictionary<string, SafetensorsTensor> Tensors)
{
    /// <summary>Name of the entry that holds strings instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Longest header; the limit of the format's own implementation.</summary>
    public const int MaximumHeaderBytes = 100_000_000;

    private const int LengthBytes = 8;
    private const int MaximumDimensions = 8;

    // Bounds what the dictionary of very short entries costs beside the bytes of the file.
    private const int MaximumMetadataEntries = 1 << 16;

    /// <summary>Parses a file.</summary>
    /// <param name="image">The file.</param>
    /// <returns>The header; tensors fill the data part without gap or overlap.</returns>
    /// <exception cref="SafetensorsFormatException">The file is damaged, truncated, or hostile.</exception>
    public static SafetensorsHeader Parse(FileImage image)
    {
        if (image.Length < LengthBytes)
        {
            throw new SafetensorsFormatException($"{image.Name}: {image.Length} bytes are no safetensors file.");
        }

        ulong length = BitConverter.ToUInt64(image.Slice(0, LengthBytes));
        if (length > (ulong)(image.Length - LengthBytes) || length > MaximumHeaderBytes)
        {
            throw new SafetensorsFormatException(
                $"{image.Name}: declares a header of {length} bytes in a file of {image.Length} (limit {MaximumHeaderBytes}); it is truncated or no safetensors file.");
        }

        ReadOnlySpan<byte> json = image.Slice(LengthBytes, (int)length);
        long dataOffset = LengthBytes + (long)length;
        try
        {
            (Dictionary<string, string> metadata, OrderedDictionary<string, SafetensorsTensor> tensors) = ParseObject(json, image.Name);
            RequireExactCover(image, image.Length - dataOffset, tensors);
            return new SafetensorsHeader(dataOffset, metadata, tensors);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The JSON reader reports broken syntax with the first and broken text (UTF-8, surrogates) with the second.
            throw new SafetensorsFormatException($"{image.Name}: the header is not valid JSON: {exception.Message}", exception);
        }
    }

    private static (Dictionary<string, string> Metadata, OrderedDictionary<string, SafetensorsTensor> Tensors) ParseObject(
        ReadOnlySpan<byte> json, string file)
    {
        Dictionary<string, string>? metadata = null;
        OrderedDictionary<string, SafetensorsTensor> tensors = new(StringComparer.Ordinal);
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 4 });
        Require(ref reader, JsonTokenType.StartObject, file, "the header");
        while (NextName(ref reader, file, "the header") is { } name)
        {
            if (name == MetadataKey)
            {
                if (metadata is not null)
                {
                    throw new SafetensorsFormatException($"{file}: '{MetadataKey}' occurs twice.");
                }

                metadata = ParseMetadata(ref reader, file);
            }
            else if (!tensors.TryAdd(name, ParseTensor(ref reader, file, name)))
            {
                throw new SafetensorsFormatException($"{file}: tensor '{name}' occurs twice.");
            }
        }

        // Anything but the padding of spaces behind the object is an error, which the reader reports.
        reader.Read();
        return (metadata ?? [], tensors);
    }

    private static Dictionary<string, string> ParseMetadata(ref Utf8JsonReader reader, string file)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        Require(ref reader, JsonTokenType.StartObject, file, MetadataKey);
        while (NextName(ref reader, file, MetadataKey) is { } key)
        {
            Require(ref reader, JsonTokenType.String, file, key);
            if (metadata.Count == MaximumMetadataEntries || !metadata.TryAdd(key, reader.GetString()!))
            {
                throw new SafetensorsFormatException($"{file}: '{key}' occurs twice in {MetadataKey}, or there are more than {MaximumMetadataEntries} entries.");
            }
        }

        return metadata;
    }

    private static SafetensorsTensor ParseTensor(ref Utf8JsonReader reader, string file, string name)
    {
        string? dataType = null;
        ImmutableArray<long>? shape = null;
        ImmutableArray<long>? range = null;
        Require(ref reader, JsonTokenType.StartObject, file, name);
        while (MoveToName(ref reader, file, name))
        {
            if (dataType is null && reader.ValueTextEquals("dtype"u8))
            {
                Require(ref reader, JsonTokenType.String, file, name);
                dataType = reader.GetString();
            }
            else if (shape is null && reader.ValueTextEquals("shape"u8))
            {
                shape = ParseSizes(ref reader, file, name);
            }
            else if (range is null && reader.ValueTextEquals("data_offsets"u8))
            {
                range = ParseSizes(ref reader, file, name);
            }
            else
            {
                throw new SafetensorsFormatException($"{file}: tensor '{name}' has the unknown or repeated field '{reader.GetString()}'.");
            }
        }

        return dataType is not null && shape is { } sizes && range is [long begin, long end] && begin <= end
            ? new SafetensorsTensor(name, dataType, sizes, CountElements(sizes, dataType, end - begin, file, name), begin, end)
            : throw new SafetensorsFormatException($"{file}: tensor '{name}' needs dtype, shape and data_offsets [begin, end] with begin <= end.");
    }

    private static ImmutableArray<long> ParseSizes(ref Utf8JsonReader reader, string file, string name)
    {
        Span<long> sizes = stackalloc long[MaximumDimensions];
        int count = 0;
        Require(ref reader, JsonTokenType.StartArray, file, name);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == MaximumDimensions || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long size) || size < 0)
            {
                throw new SafetensorsFormatException(
                    $"{file}: tensor '{name}': shape and data_offsets are lists of at most {MaximumDimensions} integers that are not negative.");
            }

            sizes[count++] = size;
        }

        return ImmutableArray.Create<long>(sizes[..count]);
    }

    private static long CountElements(ImmutableArray<long> shape, string dataType, long bytes, string file, string name)
    {
        long elements = 1;
        foreach (long size in shape)
        {
            if (size != 0 && elements > long.MaxValue / size)
            {
                throw new SafetensorsFormatException($"{file}: tensor '{name}' has more elements than 64 bits count.");
            }

            elements *= size;
        }

        // Types below one byte and future ones have no entry; their ranges are checked against the file only.
        int width = SafetensorsTypes.BytesOf(dataType);
        return width == 0 || (elements <= long.MaxValue / width && elements * width == bytes)
            ? elements
            : throw new SafetensorsFormatException(
                $"{file}: tensor '{name}' of shape [{string.Join(", ", shape)}] and type {dataType} does not take the {bytes} bytes of its data_offsets.");
    }

    private static void RequireExactCover(FileImage image, long dataBytes, OrderedDictionary<string, SafetensorsTensor> tensors)
    {
        var ordered = new SafetensorsTensor[tensors.Count];
        tensors.Values.CopyTo(ordered, 0);
        Array.Sort(ordered, static (left, right) =>
            left.Offset != right.Offset ? left.Offset.CompareTo(right.Offset) : left.ByteCount.CompareTo(right.ByteCount));
        long position = 0;
        foreach (SafetensorsTensor tensor in ordered)
        {
            if (tensor.Offset != position || tensor.ByteCount > dataBytes - position)
            {
                throw new SafetensorsFormatException(
                    $"{image.Name}: tensor '{tensor.Name}' takes {tensor.ByteCount} bytes at {tensor.Offset}, expected at {position} of {dataBytes}: ranges overlap, leave a gap, or the file is truncated.");
            }

            position += tensor.ByteCount;
        }

        if (position != dataBytes)
        {
            throw new SafetensorsFormatException($"{image.Name}: the tensors end at byte {position} of {dataBytes} of the data part.");
        }
    }

    private static string? NextName(ref Utf8JsonReader reader, string file, string what) =>
        MoveToName(ref reader, file, what) ? reader.GetString() : null;

    private static bool MoveToName(ref Utf8JsonReader reader, string file, string what)
    {
        if (!reader.Read())
        {
            throw new SafetensorsFormatException($"{file}: the header ends inside '{what}'.");
        }

        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private static void Require(ref Utf8JsonReader reader, JsonTokenType expected, string file, string what)
    {
        if (!reader.Read() || reader.TokenType != expected)
        {
            throw new SafetensorsFormatException($"{file}: '{what}' holds {reader.TokenType}, expected {expected}.");
        }
    }
}
