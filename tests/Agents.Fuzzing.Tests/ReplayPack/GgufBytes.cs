using System.Text;

namespace Agents.Fuzzing.Tests.ReplayPack;

/// <summary>GGUF files written field by field, so that each field can lie.</summary>
internal sealed class GgufBytes
{
    private readonly MemoryStream _stream = new();

    public GgufBytes(ulong tensors = 0, ulong keys = 0, uint version = 3)
    {
        Raw("GGUF"u8);
        Number(version);
        Number(tensors);
        Number(keys);
    }

    public GgufBytes Raw(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        return this;
    }

    public GgufBytes Number(uint value) => Raw(BitConverter.GetBytes(value));

    public GgufBytes Number(ulong value) => Raw(BitConverter.GetBytes(value));

    public GgufBytes Text(string value) => Number((ulong)Encoding.UTF8.GetByteCount(value)).Raw(Encoding.UTF8.GetBytes(value));

    public GgufBytes Key(string name, uint type) => Text(name).Number(type);

    public GgufBytes Tensor(string name, uint type, ulong offset, params ReadOnlySpan<ulong> dimensions)
    {
        Text(name).Number((uint)dimensions.Length);
        foreach (ulong dimension in dimensions)
        {
            Number(dimension);
        }

        return Number(type).Number(offset);
    }

    public byte[] Done(int data = 64)
    {
        _stream.Write(new byte[(32 - (_stream.Length % 32)) % 32]);
        _stream.Write(new byte[data]);
        return _stream.ToArray();
    }
}
