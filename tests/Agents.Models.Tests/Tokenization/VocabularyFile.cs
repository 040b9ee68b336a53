using System.Text;

namespace Agents.Models.Tests.Tokenization;

/// <summary>Reads the metadata of trusted vocabulary-only GGUF files, so that these tests stand apart from the product's reader.</summary>
internal static class VocabularyFile
{
    public static Dictionary<string, object> ReadMetadata(string path)
    {
        using BinaryReader reader = new(File.OpenRead(path), Encoding.UTF8);
        Assert.Equal("GGUF"u8, reader.ReadBytes(4));
        reader.ReadUInt32();
        reader.ReadUInt64();
        ulong count = reader.ReadUInt64();
        Dictionary<string, object> metadata = [];
        for (ulong i = 0; i < count; i++)
        {
            string key = ReadString(reader);
            metadata[key] = ReadValue(reader, reader.ReadUInt32());
        }

        return metadata;
    }

    private static object ReadValue(BinaryReader reader, uint type) => type switch
    {
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadByte() != 0,
        8 => ReadString(reader),
        9 => ReadArray(reader),
        _ => throw new InvalidDataException($"type {type}"),
    };

    private static object ReadArray(BinaryReader reader)
    {
        uint type = reader.ReadUInt32();
        int count = (int)reader.ReadUInt64();
        return type switch
        {
            5 => Enumerable.Range(0, count).Select(_ => reader.ReadInt32()).ToArray(),
            6 => Enumerable.Range(0, count).Select(_ => reader.ReadSingle()).ToArray(),
            8 => Enumerable.Range(0, count).Select(_ => ReadString(reader)).ToArray(),
            _ => throw new InvalidDataException($"array of {type}"),
        };
    }

    private static string ReadString(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));
}
