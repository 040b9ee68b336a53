using System.Text;
using Agents.Evaluation.Harness;

namespace Agents.Evaluation.Tests.Harness;

public sealed class LineJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "a.journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_AfterAppends_GivesTheLinesBack()
    {
        Write("one", "zwei ü", "{\"three\":3}");

        using LineJournal journal = LineJournal.Open(Path);
        Assert.Equal(["one", "zwei ü", "{\"three\":3}"], journal.Lines);
    }

    [Fact]
    public void Append_KnownText_HasThisChecksum()
    {
        Write("123456789");

        // The check value of CRC-32C (Castagnoli).
        Assert.Equal("e3069283 123456789\n", File.ReadAllText(Path));
    }

    [Fact]
    public void Open_CutAnywhere_KeepsWholeLines()
    {
        Write("one", "two", "three");
        byte[] whole = File.ReadAllBytes(Path);
        int second = Encoding.UTF8.GetString(whole).IndexOf("three", StringComparison.Ordinal) - 9;
        for (int length = second; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (LineJournal journal = LineJournal.Open(Path))
            {
                Assert.Equal(["one", "two"], journal.Lines);
                journal.Append("four");
            }

            using LineJournal again = LineJournal.Open(Path);
            Assert.Equal(["one", "two", "four"], again.Lines);
        }
    }

    [Fact]
    public void Open_DamagedBeforeItsEnd_NamesTheLine()
    {
        Write("one", "two", "three");
        File.WriteAllText(Path, File.ReadAllText(Path).Replace("two", "tow", StringComparison.Ordinal));

        Assert.Contains("line 2", Assert.Throws<EvaluationException>(() => LineJournal.Open(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_LineFeed_IsRefused()
    {
        using LineJournal journal = LineJournal.Open(Path);
        Assert.Throws<ArgumentException>(() => journal.Append("a\nb"));
    }

    private void Write(params string[] lines)
    {
        using LineJournal journal = LineJournal.Open(Path);
        foreach (string line in lines)
        {
            journal.Append(line);
        }
    }
}
