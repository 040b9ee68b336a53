using System.Text;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Gguf;

/// <summary>Small files for the tests, made by the writer or byte by byte.</summary>
internal static class GgufSamples
{
    /// <summary>One file with every kind of metadata value and tensors of every type this build encodes.</summary>
    public static byte[] Everything()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream);
        writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
        writer.AddMetadata("u8", GgufValue.Of((byte)200));
        writer.AddMetadata("i8", GgufValue.Of((sbyte)-100));
        writer.AddMetadata("u16", GgufValue.Of((ushort)60000));
        writer.AddMetadata("i16", GgufValue.Of((short)-30000));
        writer.AddMetadata("u32", GgufValue.Of(4000000000u));
        writer.AddMetadata("i32", GgufValue.Of(-7));
        writer.AddMetadata("f32", GgufValue.Of(0.25f));
        writer.AddMetadata("bool", GgufValue.Of(true));
        writer.AddMetadata("text", GgufValue.Of("Ġhéllo 🦙"));
        writer.AddMetadata("u64", GgufValue.Of(ulong.MaxValue));
        writer.AddMetadata("i64", GgufValue.Of(long.MinValue));
        writer.AddMetadata("f64", GgufValue.Of(Math.PI));
        writer.AddMetadata("a.u8", GgufValue.OfArray<byte>(1, 2, 3));
        writer.AddMetadata("a.i8", GgufValue.OfArray<sbyte>(-1, 2));
        writer.AddMetadata("a.u16", GgufValue.OfArray<ushort>(1, 65535));
        writer.AddMetadata("a.i16", GgufValue.OfArray<short>(-1));
        writer.AddMetadata("a.u32", GgufValue.OfArray(1u, uint.MaxValue));
        writer.AddMetadata("a.i32", GgufValue.OfArray(-1, 2, 3));
        writer.AddMetadata("a.f32", GgufValue.OfArray(1.5f, -2f));
        writer.AddMetadata("a.bool", GgufValue.OfArray(true, false));
        writer.AddMetadata("a.text", GgufValue.OfArray("a", "", "bc"));
        writer.AddMetadata("a.u64", GgufValue.OfArray(1ul));
        writer.AddMetadata("a.i64", GgufValue.OfArray(-1L));
        writer.AddMetadata("a.f64", GgufValue.OfArray(0.1));
        writer.AddMetadata("a.empty", GgufValue.OfArray<int>());
        writer.DeclareTensor("f32", ElementType.F32, 3, 5);
        writer.DeclareTensor("f16", ElementType.F16, 7);
        writer.DeclareTensor("bf16", ElementType.BF16, 2, 3);
        writer.DeclareTensor("q8_0", ElementType.Q8_0, 3, 64);
        foreach ((string name, int count) in ((string, int)[])[("f32", 15), ("f16", 7), ("bf16", 6), ("q8_0", 192)])
        {
            writer.WriteFloats(name, Ramp(count));
        }

        writer.Commit();
        return stream.ToArray();
    }

    /// <summary>Values that every format holds exactly: multiples of 1/2 from -3 to 3... with 63.5 as the largest magnitude of Q8_0 blocks.</summary>
    public static float[] Ramp(int count)
    {
        var values = new float[count];
        for (int index = 0; index < count; index++)
        {
            values[index] = index % 32 == 31 ? 63.5f : ((index % 13) - 6) * 0.5f;
        }

        return values;
    }

    /// <summary>The bytes of a file that is put together by hand.</summary>
    public static byte[] Raw(uint version, ulong tensors, ulong keys, Action<BinaryWriter> body)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(version);
        writer.Write(tensors);
        writer.Write(keys);
        body(writer);
        return stream.ToArray();
    }

    /// <summary>Writes a string as the format has it.</summary>
    public static void Text(this BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Writes the description of a tensor.</summary>
    public static void Tensor(this BinaryWriter writer, string name, int type, ulong offset, params ulong[] dimensions)
    {
        writer.Text(name);
        writer.Write((uint)dimensions.Length);
        foreach (ulong size in dimensions)
        {
            writer.Write(size);
        }

        writer.Write(type);
        writer.Write(offset);
    }

    /// <summary>Fills up to the default alignment and adds data bytes.</summary>
    public static void DataPart(this BinaryWriter writer, int bytes)
    {
        writer.Write(new byte[-(int)writer.BaseStream.Length & 31]);
        writer.Write(new byte[bytes]);
    }

    public static GgufFile Open(byte[] bytes) => GgufFile.Open(new MemoryStream(bytes), "sample.gguf");
}
