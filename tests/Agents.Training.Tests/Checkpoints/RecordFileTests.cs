using Agents.Training.Checkpoints;
using Agents.Training.Errors;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;
using Agents.Training.Tests.Experience;

namespace Agents.Training.Tests.Checkpoints;

public sealed class RecordFileTests : IDisposable
{
    private const string Kind = "TESTKIND";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static List<string> Read(string path)
    {
        List<string> records = [];
        using RecordFile file = new(path, Kind, (version, payload) => records.Add($"{version}:{Convert.ToHexString(payload)}"));
        return records;
    }

    private string Write(params byte[][] payloads)
    {
        using RecordFile file = new(_folder["records"], Kind, (_, _) => { });
        foreach (byte[] payload in payloads)
        {
            file.Append(3, payload);
        }

        return file.Path;
    }

    [Fact]
    public void Open_AppendedRecords_AreReadInOrder() => Assert.Equal(["3:0102", "3:", "3:FF"], Read(Write([1, 2], [], [255])));

    [Fact]
    public void Open_CutAtAnyByte_KeepsTheWholeRecordsAndGoesOn()
    {
        string path = Write([1, 2], [3, 4, 5]);
        byte[] bytes = File.ReadAllBytes(path);
        int first = 8 + 12 + 2;
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);

            using (RecordFile file = new(path, Kind, (_, _) => { }))
            {
                Assert.Equal(length >= first ? length - first : length >= 8 ? length - 8 : length, file.DroppedBytes);
                file.Append(4, [9]);
            }

            Assert.Equal(length >= first ? ["3:0102", "4:09"] : (string[])["4:09"], Read(path));
        }
    }

    [Fact]
    public void Open_AnyByteFlippedBeforeTheLastRecord_IsNoticed()
    {
        string path = Write([1, 2], [3, 4, 5]);
        byte[] bytes = File.ReadAllBytes(path);
        for (int at = 0; at < 8 + 12 + 2; at++)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 0x40;
            File.WriteAllBytes(path, damaged);

            // A damaged length that points behind the end of the file looks like a torn record; then nothing after it is believed.
            try
            {
                Assert.DoesNotContain("3:030405", Read(path));
            }
            catch (CheckpointException)
            {
                Assert.Equal(damaged, File.ReadAllBytes(path));
            }
        }
    }

    [Fact]
    public void Open_OtherKind_IsRefusedAndUntouched()
    {
        File.WriteAllText(_folder["notes"], "dear diary, today");

        Assert.Throws<CheckpointException>(() => Read(_folder["notes"]));
        Assert.Equal("dear diary, today", File.ReadAllText(_folder["notes"]));
    }

    [Fact]
    public void Replace_Records_LeavesOnlyTheNewOnes()
    {
        string path = Write([1], [2]);
        using (RecordFile file = new(path, Kind, (_, _) => { }))
        {
            file.Replace([(5, [7])]);
            file.Append(6, [8]);
            file.FlushToDisk();
        }

        Assert.Equal(["5:07", "6:08"], Read(path));
    }

    [Fact]
    public void Journal_Reopened_FindsGroupsByDrawAndGeneration()
    {
        using (RolloutJournal journal = new(_folder["journal"]))
        {
            journal.Append(SampleGroup.Of(4, 1, 1, 0));
            journal.Append(SampleGroup.Of(5, 2, 0, double.NaN));
        }

        using RolloutJournal sut = new(_folder["journal"]);

        Assert.Equal(4, sut.Find(4, "g")!.Draw);
        Assert.Null(sut.Find(4, "h"));
        Assert.Null(sut.Find(6, "g"));
        sut.ForgetBefore(2);
        Assert.Null(sut.Find(4, "g"));
        Assert.Equal(1, sut.Count);
    }

    [Fact]
    public void Store_ReopenedAfterATornWrite_KeepsTheRest()
    {
        UInt128 first = LogProbabilityStore.Key("g", 1, [1], [2, 3]);
        UInt128 second = LogProbabilityStore.Key("g", 1, [1, 2], [3]);
        using (LogProbabilityStore store = new(_folder["store"]))
        {
            store.Add(first, [-1, -2]);
            store.Add(first, [-9, -9]);
            store.Add(second, [-3]);
        }

        byte[] bytes = File.ReadAllBytes(_folder["store"]);
        File.WriteAllBytes(_folder["store"], bytes[..^1]);
        using LogProbabilityStore sut = new(_folder["store"]);

        Assert.Equal([-1f, -2f], sut.Find(first)!);
        Assert.Null(sut.Find(second));
        Assert.Equal(1, sut.Count);
    }

    [Fact]
    public void Key_AnyDifference_IsAnotherKey()
    {
        UInt128[] keys =
        [
            LogProbabilityStore.Key("g", 1, [1], [2, 3]), LogProbabilityStore.Key("h", 1, [1], [2, 3]), LogProbabilityStore.Key("g", 0.5, [1], [2, 3]),
            LogProbabilityStore.Key("g", 1, [1, 2], [3]), LogProbabilityStore.Key("g", 1, [1], [2, 4]), LogProbabilityStore.Key("g", 1, [], [1, 2, 3]),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }
}
