using System.Text;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Safetensors;

public class SafetensorsRoundTripTests
{
    internal static byte[] Sample()
    {
        using MemoryStream stream = new();
        using SafetensorsWriter writer = new(stream);
        writer.AddMetadata("format", "pt");
        writer.DeclareTensor("half", ElementType.F16, 3);
        writer.DeclareTensor("single", ElementType.F32, 2, 3);
        writer.DeclareTensor("brain", ElementType.BF16, 5);
        writer.DeclareTensor("scalar", ElementType.F32);
        writer.DeclareTensor("none", ElementType.F32, 0, 4);
        writer.WriteFloats("half", [0.5f, -1, 2]);
        writer.WriteFloats("brain", [1, 2, 3, 4, -0.25f]);
        writer.WriteFloats("single", [1, 2, 3, 4]);
        writer.WriteFloats("scalar", [9]);
        writer.WriteFloats("single", [5, 6]);
        writer.Commit();
        return stream.ToArray();
    }

    internal static byte[] Raw(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[dataBytes]];
    }

    internal static SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(new MemoryStream(bytes), "sample.safetensors");

    [Fact]
    public void Writer_SmallFile_HasTheseBytes()
    {
        using MemoryStream stream = new();
        using SafetensorsWriter writer = new(stream);
        writer.DeclareTensor("b", ElementType.BF16, 1);
        writer.DeclareTensor("a", ElementType.F32, 1, 2);
        writer.WriteFloats("b", [1]);
        writer.WriteFloats("a", [1, -2]);
        writer.Commit();
        byte[] bytes = stream.ToArray();

        string header = """{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]}}""";
        int padded = (header.Length + 7) / 8 * 8;
        Assert.Equal((ulong)padded, BitConverter.ToUInt64(bytes));
        Assert.Equal(header.PadRight(padded), Encoding.UTF8.GetString(bytes, 8, padded));
        Assert.Equal("0000803f000000c0" + "803f", Convert.ToHexStringLower(bytes[(8 + padded)..]));
    }

    [Fact]
    public void Tensors_EveryType_RoundTrip()
    {
        using SafetensorsFile file = Open(Sample());

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(5, file.Tensors.Count);
        Assert.Equal([0.5f, -1, 2], Values(file, "half"));
        Assert.Equal([1, 2, 3, 4, 5, 6], Values(file, "single"));
        Assert.Equal([1, 2, 3, 4, -0.25f], Values(file, "brain"));
        Assert.Equal([9f], Values(file, "scalar"));
        Assert.Empty(Values(file, "none"));
        Assert.True(file.TryGetTensor("single", out SafetensorsTensor? single));
        Assert.Equal([2L, 3L], single.Shape);
        Assert.Equal(24, file.Data(single).Length);
    }

    [Fact]
    public void Writer_SameCalls_GiveTheSameBytes() => Assert.Equal(Sample(), Sample());

    [Fact]
    public void Read_OtherTypes_AreListedAndRefusedByName()
    {
        using SafetensorsFile file = Open(Raw("""{"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"f":{"dtype":"F4","shape":[4],"data_offsets":[8,10]}}""", 10));
        Assert.True(file.TryGetTensor("i", out SafetensorsTensor? tensor));

        var error = Assert.Throws<SafetensorsFormatException>(() => file.ReadFloats(tensor, new float[1]));

        Assert.Contains("'i' is stored as I64", error.Message, StringComparison.Ordinal);
        Assert.Null(tensor.Type);
        Assert.Equal(8, file.Data(tensor).Length);
        Assert.Equal(["I64", "F4"], file.Tensors.Select(entry => entry.DataType));
    }

    [Fact]
    public void Writer_Misuse_IsRefused()
    {
        using MemoryStream stream = new();
        using SafetensorsWriter writer = new(stream);
        writer.DeclareTensor("t", ElementType.F32, 2);
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("t", ElementType.F32, 2));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("__metadata__", ElementType.F32, 2));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("q", ElementType.Q8_0, 32));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("n", ElementType.F32, -1));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("o", ElementType.F32, long.MaxValue, 2));
        Assert.Throws<ArgumentException>(() => writer.WriteFloats("x", [1]));
        Assert.Throws<ArgumentException>(() => writer.WriteFloats("t", [1, 2, 3]));
        Assert.Throws<InvalidOperationException>(() => writer.DeclareTensor("late", ElementType.F32, 2));
        Assert.Throws<InvalidOperationException>(() => writer.AddMetadata("late", "x"));
        Assert.Contains("'t' is incomplete: 0 of 8", Assert.Throws<InvalidOperationException>(writer.Commit).Message, StringComparison.Ordinal);
        writer.WriteFloats("t", [1, 2]);
        writer.Commit();
        Assert.Throws<InvalidOperationException>(() => writer.WriteFloats("t", []));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter(stream));
    }

    [Fact]
    public void Read_WrongDestinationOrForeignTensor_IsRefused()
    {
        using SafetensorsFile file = Open(Sample());
        using SafetensorsFile other = Open(Sample());
        SafetensorsTensor tensor = file.Tensors[0];

        Assert.Throws<ArgumentException>(() => file.ReadFloats(tensor, new float[tensor.ElementCount + 1]));
        Assert.Throws<ArgumentException>(() => other.Data(tensor).Length);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Data(tensor).Length);
    }

    internal static float[] Values(SafetensorsFile file, string name)
    {
        Assert.True(file.TryGetTensor(name, out SafetensorsTensor? tensor));
        var values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        return values;
    }
}
