using System.Collections.Immutable;
using Agents.Training.Errors;
using Agents.Training.Manifests;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Manifests;

public sealed class StageManifestFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static StageManifest Stage(string name, long steps) => new()
    {
        Stage = name,
        Seed = ulong.MaxValue,
        Data = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("train", "memory:3:ab"),
        Settings = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("loss", "dpo"),
        Steps = steps,
        OptimizerReset = false,
        ParentGeneration = "p",
        CheckpointHash = "cd",
        Stop = "NoSignal",
    };

    [Fact]
    public void Read_AppendedStages_AreTheSameInOrder()
    {
        string path = _folder["manifest.jsonl"];
        StageManifestFile.Append(path, Stage("sft", 3));
        StageManifestFile.Append(path, Stage("reinforcement", 9));

        ImmutableArray<StageManifest> read = StageManifestFile.Read(path);

        Assert.Equal(["sft", "reinforcement"], read.Select(stage => stage.Stage));
        Assert.Equal((ulong.MaxValue, 9L, false, "p", "cd", "NoSignal"), (read[1].Seed, read[1].Steps, read[1].OptimizerReset, read[1].ParentGeneration, read[1].CheckpointHash, read[1].Stop));
        Assert.Equal(("memory:3:ab", "dpo"), (read[0].Data["train"], read[0].Settings["loss"]));
    }

    [Fact]
    public void Read_LineChangedRemovedOrTorn_IsNoticed()
    {
        string path = _folder["manifest.jsonl"];
        StageManifestFile.Append(path, Stage("sft", 3));
        StageManifestFile.Append(path, Stage("merge", 4));
        StageManifestFile.Append(path, Stage("reinforcement", 9));
        string[] lines = File.ReadAllLines(path);

        foreach (string[] damaged in (string[][])[[lines[0].Replace("\"steps\":3", "\"steps\":4", StringComparison.Ordinal), .. lines[1..]], [lines[0], lines[2]], lines[1..], [lines[0], lines[1][..40]]])
        {
            File.WriteAllLines(path, damaged);
            Assert.Throws<TrainingException>(() => StageManifestFile.Read(path));
            Assert.Throws<TrainingException>(() => StageManifestFile.Append(path, Stage("x", 1)));
            Assert.Equal(damaged, File.ReadAllLines(path));
        }
    }

    [Fact]
    public void HashOf_File_IsItsSha256()
    {
        File.WriteAllText(_folder["a"], "abc");

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", StageManifestFile.HashOf(_folder["a"]));
    }
}
