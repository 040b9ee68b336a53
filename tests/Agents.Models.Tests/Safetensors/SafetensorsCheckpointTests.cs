using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Safetensors;

public sealed class SafetensorsCheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-safetensors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string file, params (string Name, float Value)[] tensors)
    {
        using SafetensorsWriter writer = new(At(file));
        foreach ((string name, _) in tensors)
        {
            writer.DeclareTensor(name, ElementType.F32, 1);
        }

        foreach ((string name, float value) in tensors)
        {
            writer.WriteFloats(name, [value]);
        }

        writer.Commit();
    }

    private void WriteIndex(string map) => File.WriteAllText(At("model.safetensors.index.json"), $$"""{"metadata":{"total_size":8},"weight_map":{{map}}}""");

    [Fact]
    public void Open_Shards_GivesAllTensors()
    {
        Write("m-1.safetensors", ("a", 1), ("b", 2));
        Write("m-2.safetensors", ("c", 3));
        WriteIndex("""{"a":"m-1.safetensors","b":"m-1.safetensors","c":"m-2.safetensors"}""");
        float[] value = new float[1];

        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(_folder);
        checkpoint.ReadFloats("c", value);

        Assert.Equal(3, value[0]);
        Assert.Equal(["a", "b", "c"], checkpoint.Names);
        Assert.Equal(2, checkpoint.Files.Count);
        Assert.Equal(4, checkpoint.Data("a").Length);
        Assert.Equal(1, checkpoint.GetTensor("b").ElementCount);
        Assert.False(checkpoint.TryGetTensor("d", out _));
        Assert.Contains("'d' is missing", Assert.Throws<SafetensorsFormatException>(() => checkpoint.GetTensor("d")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SingleFileByPathOrFolder_GivesItsTensors()
    {
        Write("model.safetensors", ("a", 1));

        using SafetensorsCheckpoint byFolder = SafetensorsCheckpoint.Open(_folder);
        using SafetensorsCheckpoint byPath = SafetensorsCheckpoint.Open(At("model.safetensors"));

        Assert.Equal(byFolder.Names, byPath.Names);
    }

    [Theory]
    [InlineData("""{"a":"../m-1.safetensors"}""", "plain file name")]
    [InlineData("""{"a":"/etc/passwd"}""", "plain file name")]
    [InlineData("""{"a":".."}""", "plain file name")]
    [InlineData("""{"a":""}""", "plain file name")]
    [InlineData("""{"a":"m-2.safetensors"}""", "does not hold it")]
    [InlineData("""{"a":"m-1.safetensors","z":"m-1.safetensors"}""", "does not hold it")]
    [InlineData("""{"a":"m-1.safetensors","a":"m-1.safetensors"}""", "occurs twice")]
    [InlineData("""{"a":"m-1.bin"}""", "pickle checkpoint")]
    [InlineData("""{"a":1}""", "no model index")]
    [InlineData("""[]""", "no model index")]
    [InlineData("""{""", "no model index")]
    public void Open_BrokenIndex_IsRefused(string map, string reason)
    {
        Write("m-1.safetensors", ("a", 1));
        Write("m-2.safetensors", ("b", 1));
        WriteIndex(map);

        var error = Assert.ThrowsAny<ModelFormatException>(() => SafetensorsCheckpoint.Open(_folder));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TensorInTwoShards_IsRefused()
    {
        Write("m-1.safetensors", ("a", 1), ("b", 1));
        Write("m-2.safetensors", ("b", 1));
        WriteIndex("""{"a":"m-1.safetensors","b":"m-2.safetensors"}""");

        Assert.Contains("two files", Assert.Throws<SafetensorsFormatException>(() => SafetensorsCheckpoint.Open(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingShardOrEmptyFolder_IsFileNotFound()
    {
        Assert.Throws<FileNotFoundException>(() => SafetensorsCheckpoint.Open(_folder));
        WriteIndex("""{"a":"absent.safetensors"}""");
        Assert.Throws<FileNotFoundException>(() => SafetensorsCheckpoint.Open(_folder));
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("model.pt")]
    [InlineData("consolidated.00.PTH")]
    public void Open_PickleByPathOrInFolder_IsRefusedByName(string name)
    {
        File.WriteAllBytes(At(name), [1, 2, 3]);

        var byPath = Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(At(name)));
        var byFolder = Assert.Throws<SafetensorsFormatException>(() => SafetensorsCheckpoint.Open(_folder));

        Assert.Contains(name, byPath.Message, StringComparison.Ordinal);
        Assert.Contains("pickle checkpoint", byFolder.Message, StringComparison.Ordinal);
    }
}
