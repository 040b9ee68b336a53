using Agents.Runtime.Trajectories;

namespace Agents.Runtime.Tests.Trajectories;

public sealed class TrajectoryJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trajectories-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Append_SeveralTimes_IsReadInOrder()
    {
        Write("a", "b");
        Write("c");

        Assert.Equal(["a", "b", "c"], await QuestionsAsync());
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Read_LastLineTornAnywhere_GivesTheOthersAndTheNextWriterCutsItOff()
    {
        Write("first");
        string file = Directory.GetFiles(_folder).Single();
        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        byte[] second = TrajectoryFormat.Write(Recorded.Answers("second", ("x", 1)));
        for (int cut = 1; cut < second.Length; cut += 7)
        {
            await File.WriteAllBytesAsync(file, [.. whole, .. second[..cut]], TestContext.Current.CancellationToken);

            Assert.Equal(["first"], await QuestionsAsync());
            using (TrajectoryJournal journal = new(_folder))
            {
                Assert.Equal(cut, journal.TornBytes);
                journal.Append(TrajectoryFormat.Write(Recorded.Answers("third", ("x", 1))));
            }

            Assert.Equal(["first", "third"], await QuestionsAsync());
        }
    }

    [Fact]
    public async Task Read_DamageInTheMiddle_NamesTheLine()
    {
        Write("a", "b", "c");
        string file = Directory.GetFiles(_folder).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf((byte)'\n') + 40] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        TrajectoryException error = await Assert.ThrowsAsync<TrajectoryException>(QuestionsAsync);

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_FileAtItsLimit_BeginsANewOne()
    {
        int length = TrajectoryFormat.Write(Recorded.Answers("0", ("x", 1))).Length;
        using (TrajectoryJournal journal = new(_folder, maximumBytes: (length * 2) + 8))
        {
            for (int i = 0; i < 5; i++)
            {
                journal.Append(TrajectoryFormat.Write(Recorded.Answers(i.ToString(System.Globalization.CultureInfo.InvariantCulture), ("x", 1))));
            }
        }

        Assert.Equal(["0", "1", "2", "3", "4"], await QuestionsAsync());
        Assert.Equal(3, TrajectoryJournal.Files(_folder).Count);
        Assert.EndsWith("trajectories-000003.jsonl", TrajectoryJournal.Files(_folder)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderThatIsBeingWritten_WritesAnotherFile()
    {
        using TrajectoryJournal first = new(_folder);
        using TrajectoryJournal second = new(_folder);
        second.Append(TrajectoryFormat.Write(Recorded.Answers("b", ("x", 1))));
        first.Append(TrajectoryFormat.Write(Recorded.Answers("a", ("x", 1))));

        Assert.NotEqual(first.File, second.File);
        Assert.Equal(["a", "b"], await QuestionsAsync());
    }

    [Fact]
    public async Task Read_LongLines_AreWhole()
    {
        string question = new('q', 300_000);
        Write(question, "short");

        Assert.Equal([question, "short"], await QuestionsAsync());
    }

    [Fact]
    public async Task Read_NothingRecorded_SaysHow()
    {
        TrajectoryException error = await Assert.ThrowsAsync<TrajectoryException>(QuestionsAsync);

        Assert.Contains("--record", error.Message, StringComparison.Ordinal);
    }

    private void Write(params string[] questions)
    {
        using TrajectoryJournal journal = new(_folder);
        foreach (string question in questions)
        {
            journal.Append(TrajectoryFormat.Write(Recorded.Answers(question, ("x", 1))));
        }

        journal.Flush();
    }

    private async Task<string[]> QuestionsAsync() => [.. (await Recorded.ReadAsync(_folder)).Select(trajectory => trajectory.Task.Question)];
}
