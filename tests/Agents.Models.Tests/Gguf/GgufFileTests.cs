using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-gguf-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private static void Declare(GgufWriter writer)
    {
        writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
        writer.DeclareTensor("w", ElementType.F32, 2, 2);
    }

    [Fact]
    public void Open_MappedFile_GivesTheSameAsAStream()
    {
        File.WriteAllBytes(At("m.gguf"), GgufSamples.Everything());

        using GgufFile mapped = GgufFile.Open(At("m.gguf"));
        using GgufFile copied = GgufSamples.Open(GgufSamples.Everything());

        Assert.Equal(copied.Metadata.Values.Keys, mapped.Metadata.Values.Keys);
        Assert.Equal(At("m.gguf"), mapped.Name);
        Assert.All(mapped.Tensors, tensor => Assert.True(mapped.Data(tensor).SequenceEqual(copied.Data(copied.GetTensor(tensor.Name)))));
    }

    [Fact]
    public void Open_StreamThatCannotSeek_IsRead()
    {
        using var pipe = new System.IO.Compression.DeflateStream(Deflated(), System.IO.Compression.CompressionMode.Decompress);

        using GgufFile file = GgufFile.Open(pipe, "packed");

        Assert.Equal(4, file.Tensors.Count);

        static MemoryStream Deflated()
        {
            MemoryStream packed = new();
            using (var deflate = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(GgufSamples.Everything());
            }

            packed.Position = 0;
            return packed;
        }
    }

    [Fact]
    public void Open_NoFileFolderOrEmptyFile_SaysSo()
    {
        File.WriteAllBytes(At("empty.gguf"), []);

        Assert.Contains("no such model file", Assert.Throws<FileNotFoundException>(() => GgufFile.Open(At("absent.gguf"))).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<ModelFormatException>(() => GgufFile.Open(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ModelFormatException>(() => GgufFile.Open(At("empty.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DamagedFile_ReleasesIt()
    {
        byte[] bytes = GgufSamples.Everything();
        File.WriteAllBytes(At("m.gguf"), bytes[..^100]);

        Assert.Throws<GgufFormatException>(() => GgufFile.Open(At("m.gguf")));

        using FileStream exclusive = new(At("m.gguf"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(bytes.Length - 100, exclusive.Length);
    }

    [Fact]
    public void Data_AfterDispose_IsRefused()
    {
        GgufFile file = GgufSamples.Open(GgufSamples.Everything());
        GgufTensor tensor = file.Tensors[0];
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Data(tensor).Length);
        Assert.Throws<ObjectDisposedException>(() => file.ReadFloats(tensor, new float[tensor.ElementCount]));
    }

    [Fact]
    public void Data_WrongRequests_AreRefused()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());
        using GgufFile other = GgufSamples.Open(GgufSamples.Everything());
        GgufTensor tensor = file.GetTensor("f32");

        Assert.Throws<ArgumentException>(() => other.Data(tensor).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Rows(tensor, -1, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Rows(tensor, 0, -1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Rows(tensor, 2, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Rows(tensor, long.MaxValue, 1).Length);
        Assert.Throws<ArgumentException>(() => file.ReadFloats(tensor, new float[14]));
        Assert.Throws<ArgumentException>(() => file.ReadFloats(tensor, 0, long.MaxValue, new float[14]));
        Assert.Contains("'absent' is missing", Assert.Throws<GgufFormatException>(() => file.GetTensor("absent")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFloats_SteadyState_AllocatesNothing()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());
        GgufTensor tensor = file.GetTensor("q8_0");
        var values = new float[192];
        file.ReadFloats(tensor, values);

        long before = GC.GetAllocatedBytesForCurrentThread();
        file.ReadFloats(tensor, values);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Writer_WithoutCommit_LeavesTheOldFileAndNothingElse()
    {
        File.WriteAllText(At("m.gguf"), "old");
        using (GgufWriter writer = new(At("m.gguf")))
        {
            Declare(writer);
            writer.WriteFloats("w", [1, 2, 3, 4]);
        }

        Assert.Equal("old", File.ReadAllText(At("m.gguf")));
        Assert.Equal([At("m.gguf")], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Writer_Commit_ReplacesTheOldFileWhileItIsMapped()
    {
        File.WriteAllBytes(At("m.gguf"), GgufSamples.Everything());
        File.WriteAllText(At("m.gguf.partial"), "left by a crash");
        using GgufFile old = GgufFile.Open(At("m.gguf"));
        using (GgufWriter writer = new(At("m.gguf")))
        {
            Declare(writer);
            writer.WriteFloats("w", [1, 2, 3, 4]);
            writer.Commit();
        }

        using GgufFile file = GgufFile.Open(At("m.gguf"));
        float[] values = new float[4];
        file.ReadFloats(file.GetTensor("w"), values);
        Assert.Equal([1, 2, 3, 4], values);
        Assert.Equal(60, old.Data(old.GetTensor("f32")).Length);
        Assert.Equal([At("m.gguf")], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Writer_TwoAtOnce_ExcludeEachOther()
    {
        using GgufWriter first = new(At("m.gguf"));

        Assert.ThrowsAny<IOException>(() => new GgufWriter(At("m.gguf")));
    }

    [Fact]
    public void Writer_Misuse_IsRefused()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream);
        Declare(writer);
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("general.architecture", GgufValue.Of("x")));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("general.alignment", GgufValue.Of(64u)));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("", GgufValue.Of(64u)));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata(new string('k', 65536), GgufValue.Of(64u)));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("w", ElementType.F32, 1));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor(new string('n', 64), ElementType.F32, 1));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("q", ElementType.Q8_0, 2, 33));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("x", (ElementType)99, 1));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("x", ElementType.F32));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("x", ElementType.F32, 1, 1, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("x", ElementType.F32, 0));
        Assert.Throws<ArgumentException>(() => writer.DeclareTensor("x", ElementType.F32, long.MaxValue, 2));
        Assert.Throws<ArgumentException>(() => writer.WriteFloats("unknown", [1]));
        Assert.Throws<InvalidOperationException>(() => writer.DeclareTensor("late", ElementType.F32, 1));
        Assert.Throws<InvalidOperationException>(() => writer.AddMetadata("late", GgufValue.Of(1)));
        Assert.Throws<ArgumentException>(() => writer.WriteFloats("w", new float[5]));
        Assert.Throws<ArgumentException>(() => writer.WriteBytes("w", new byte[17]));
        Assert.Contains("'w' is incomplete: 0 of 16", Assert.Throws<InvalidOperationException>(writer.Commit).Message, StringComparison.Ordinal);
        writer.WriteFloats("w", [1, 2, 3, 4]);
        writer.Commit();
        Assert.Throws<InvalidOperationException>(() => writer.WriteFloats("w", []));
        Assert.Throws<ArgumentException>(() => new GgufWriter(stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GgufWriter(new MemoryStream(), alignment: 24));
    }

    [Fact]
    public void Writer_StringThatIsNoUnicode_IsRefused()
    {
        using GgufWriter writer = new(new MemoryStream());
        writer.AddMetadata("text", GgufValue.Of("\ud800"));

        Assert.ThrowsAny<ArgumentException>(writer.Commit);
        Assert.ThrowsAny<ArgumentException>(writer.Commit);
        Assert.ThrowsAny<ArgumentException>(() => new GgufWriter(new MemoryStream()).AddMetadata("\ud800", GgufValue.Of(1)));
    }
}
