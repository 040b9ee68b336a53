using System.Text;
using Agents.Training.Checkpoints;
using Agents.Training.Errors;

namespace Agents.Training.Tests.Checkpoints;

public sealed unsafe class CheckpointFileTests : IDisposable
{
    /// <summary>A file of format version 1 that was made by an independent writer.</summary>
    private const string Golden =
        "414754434B50540A0100000002000000F489EC8930000000080000006964656E746974790800000000000000673C92AC08000000706F736974696F6E" +
        "280000000000000021FA679973656564203D203103000000000000002800000000000000F40100000000000006000000000000000700000000000000";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(params (string Name, byte[] Content)[] sections)
    {
        CheckpointWriter writer = new();
        foreach ((string name, byte[] content) in sections)
        {
            writer.Add(name, content);
        }

        string path = _folder["a.checkpoint"];
        writer.Write(path);
        return path;
    }

    [Fact]
    public void Write_ThenRead_GivesTheSameBytes()
    {
        byte[] large = new byte[(1 << 20) + 13];
        SampleStream random = new(4);
        for (int i = 0; i < large.Length; i++)
        {
            large[i] = (byte)random.NextBits();
        }

        CheckpointWriter writer = new();
        writer.Add("small", "häß"u8);
        writer.Add("empty", []);
        string path = _folder["b.checkpoint"];
        fixed (byte* at = large)
        {
            writer.Add("large", at, large.Length);
            writer.Write(path);
        }

        using CheckpointReader reader = new(path);
        byte[] copy = new byte[large.Length];
        fixed (byte* at = copy)
        {
            reader.Read("large", at, copy.Length);
        }

        Assert.Equal("häß", Encoding.UTF8.GetString(reader.Bytes("small")));
        Assert.Empty(reader.Bytes("empty"));
        Assert.Equal(large, copy);
        Assert.Equal(["small", "empty", "large"], reader.Names);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Read_AnyFlippedByteOrTruncation_IsDetected()
    {
        string path = Write(("one", [1, 2, 3, 4, 5, 6, 7, 8, 9]), ("two", [9, 8, 7]));
        byte[] good = File.ReadAllBytes(path);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] flipped = [.. good];
            flipped[i] ^= 0x10;
            File.WriteAllBytes(path, flipped);
            Assert.Throws<CheckpointException>(() => new CheckpointReader(path).Dispose());
            File.WriteAllBytes(path, good[..i]);
            Assert.Throws<CheckpointException>(() => new CheckpointReader(path).Dispose());
        }

        File.WriteAllBytes(path, [.. good, 0]);
        Assert.Throws<CheckpointException>(() => new CheckpointReader(path).Dispose());
    }

    [Fact]
    public void Read_HugeDeclaredDirectory_IsRefusedBeforeAllocating()
    {
        string path = Write(("one", [1]));
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan(20, 4).Fill(0xFF);
        File.WriteAllBytes(path, bytes);

        CheckpointException error = Assert.Throws<CheckpointException>(() => new CheckpointReader(path).Dispose());

        Assert.Contains("4294967295", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GoldenFileOfVersionOne_StaysReadableAndUnchanged()
    {
        byte[] golden = Convert.FromHexString(Golden);
        string path = _folder["golden.checkpoint"];
        File.WriteAllBytes(path, golden);

        using (CheckpointReader reader = new(path))
        {
            Assert.Equal("seed = 1", Encoding.UTF8.GetString(reader.Bytes("identity")));
            Assert.Equal(new TrainingPosition(3, 40, 500, 6, 7), TrainingPosition.FromBytes(reader.Bytes("position")));
        }

        Assert.Equal(golden, File.ReadAllBytes(Write(("identity", "seed = 1"u8.ToArray()), ("position", new TrainingPosition(3, 40, 500, 6, 7).ToBytes()))));
    }

    [Fact]
    public void Read_NewerVersion_SaysSo()
    {
        string path = Write(("one", [1]));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[8] = 2;
        File.WriteAllBytes(path, bytes);

        CheckpointException error = Assert.Throws<CheckpointException>(() => new CheckpointReader(path).Dispose());

        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SectionThatIsMissingOrOfAnotherSize_IsNamed()
    {
        using CheckpointReader reader = new(Write(("one", [1, 2])));

        Assert.Contains("'three'", Assert.Throws<CheckpointException>(() => reader.Bytes("three")).Message, StringComparison.Ordinal);
        byte value = 0;
        byte* target = &value;
        Assert.Contains("'one'", Assert.Throws<CheckpointException>(() => reader.Read("one", target, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_SameNameTwice_IsRefused()
    {
        CheckpointWriter writer = new();
        writer.Add("one", [1]);

        Assert.Throws<ArgumentException>(() => writer.Add("one", [2]));
        Assert.Throws<ArgumentException>(() => writer.Add(" ", [2]));
    }

    [Fact]
    public void Checksum_KnownText_IsCastagnoli()
    {
        // The check value of CRC-32C over "123456789" sits in the directory entry of the section.
        string path = Write(("x", "123456789"u8.ToArray()));
        byte[] bytes = File.ReadAllBytes(path);

        Assert.Equal(0xE3069283u, BitConverter.ToUInt32(bytes, 24 + 4 + 1 + 8));
    }

    [Fact]
    public void FromBytes_StoredPosition_ComesBack()
    {
        TrainingPosition position = new(1, long.MaxValue, 3, ulong.MaxValue, 5);

        Assert.Equal(position, TrainingPosition.FromBytes(position.ToBytes()));
        Assert.Throws<CheckpointException>(() => TrainingPosition.FromBytes([1, 2]));
        Assert.Throws<CheckpointException>(() => TrainingPosition.FromBytes(new TrainingPosition(-1, 0, 0, 0, 0).ToBytes()));
    }
}
