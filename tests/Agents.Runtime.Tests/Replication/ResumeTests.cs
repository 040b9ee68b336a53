using System.Text;
using Agents.Replication;
using Agents.Runtime.Replication;
using Agents.Runtime.Replication.Reports;

namespace Agents.Runtime.Tests.Replication;

/// <summary>What is in a run folder is not done again, and gives the same findings to the last byte.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly LaboratoryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task RunAsync_FinishedFolder_ObservesNothingAgain()
    {
        string first = await ReportAsync(new ToyReplication(), _bench.Options());
        ToyReplication again = new();

        Assert.Equal(first, await ReportAsync(again, _bench.Options()));
        Assert.Equal(0, again.Observed);
        Assert.Equal(0, again.Computed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task RunAsync_StoppedAtAnObservation_GoesOnToTheSameFindings(int at)
    {
        string whole = await ReportAsync(new ToyReplication(), _bench.Options("whole"));
        using CancellationTokenSource stop = new();
        ToyReplication stopped = new() { Before = n => { if (n == at) { stop.Cancel(); } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReplicationRunner.RunAsync(
            stopped, _bench.Model, _bench.Client, _bench.Features, Testing.MemoryPrompts.Empty, _bench.Options("cut") with { Concurrency = 1 }, stop.Token));
        ToyReplication rest = new();

        Assert.Equal(whole, await ReportAsync(rest, _bench.Options("cut")));
        Assert.Equal(12 - (at - 1), rest.Observed);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(400)]
    public async Task RunAsync_JournalTornByAKill_GoesOnToTheSameFindings(int bytesLost)
    {
        string whole = await ReportAsync(new ToyReplication(), _bench.Options());
        string journal = Path.Combine(_bench.Root, "run", Laboratory.JournalName);
        using (FileStream file = new(journal, FileMode.Open))
        {
            file.SetLength(file.Length - bytesLost);
        }

        ToyReplication rest = new();
        Assert.Equal(whole, await ReportAsync(rest, _bench.Options()));
        Assert.True(rest.Observed + rest.Computed > 0);
    }

    [Fact]
    public async Task Open_DamageInTheMiddle_NamesTheLine()
    {
        await ReportAsync(new ToyReplication(), _bench.Options());
        string journal = Path.Combine(_bench.Root, "run", Laboratory.JournalName);
        string[] lines = await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken);
        lines[2] = lines[2].Replace("plain", "plaim", StringComparison.Ordinal);
        await File.WriteAllTextAsync(journal, string.Join('\n', lines) + "\n", TestContext.Current.CancellationToken);

        ReplicationException error = Assert.Throws<ReplicationException>(() => _bench.Open());
        Assert.Contains("damaged at line 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileThatIsNoJournal_IsLeftAlone()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_bench.Root, "run")).FullName;
        string journal = Path.Combine(folder, Laboratory.JournalName);
        await File.WriteAllTextAsync(journal, "my notes\n", TestContext.Current.CancellationToken);

        Assert.Throws<ReplicationException>(() => _bench.Open());
        Assert.Equal("my notes\n", await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_AnotherHeader_IsRefusedAndBothAreNamed()
    {
        _bench.Open().Dispose();

        foreach (LaboratoryOptions other in (LaboratoryOptions[])[_bench.Options() with { Seeds = [1, 2] }, _bench.Options() with { Profile = ReplicationProfile.Full }])
        {
            ReplicationException error = Assert.Throws<ReplicationException>(() => _bench.Open(other));
            Assert.Contains("belongs to another run", error.Message, StringComparison.Ordinal);
            Assert.Contains("--output", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ReplicationException>(() => _bench.Open(info: LaboratoryBench.Info with { Paper = "8" }));
        _bench.Open().Dispose();
    }

    [Fact]
    public void Open_FolderInUse_IsRefused()
    {
        using Laboratory first = _bench.Open();

        ReplicationException error = Assert.Throws<ReplicationException>(() => _bench.Open());
        Assert.Contains("is in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AnyConcurrency_GivesTheSameFindings()
    {
        string one = await ReportAsync(new ToyReplication(20), _bench.Options("one") with { Concurrency = 1 });
        string eight = await ReportAsync(new ToyReplication(20), _bench.Options("eight") with { Concurrency = 8 });

        Assert.Equal(one, eight);
    }

    [Fact]
    public async Task MeasureAsync_ChangedQuestionUnderTheSameId_IsRefused()
    {
        using Laboratory laboratory = _bench.Open();
        ExperimentItem item = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Train, 1, 1))[0];
        Task<Observation> Observe(ExperimentItem seen, CancellationToken token) => Task.FromResult(new Observation());
        await laboratory.MeasureAsync("arm", 1, [item], Observe, TestContext.Current.CancellationToken);

        ReplicationException error = await Assert.ThrowsAsync<ReplicationException>(
            () => laboratory.MeasureAsync("arm", 1, [item with { Question = "another" }], Observe, TestContext.Current.CancellationToken));
        Assert.Contains("another question", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Seconds_AddUpOverProcesses()
    {
        Testing.ManualTimeProvider clock = new();
        using (Laboratory first = _bench.Open(_bench.Options() with { Time = clock }))
        {
            clock.Advance(TimeSpan.FromSeconds(100));
        }

        using Laboratory second = _bench.Open(_bench.Options() with { Time = clock });
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(111, second.Seconds, 6);
    }

    private async Task<string> ReportAsync(ToyReplication replication, LaboratoryOptions options)
    {
        ReplicationResult result = await _bench.RunAsync(replication, options);
        StringBuilder text = new(ReportText.Report(FindingsDocument.Of(result)));
        foreach (ArmRun run in result.Findings.Arms)
        {
            text.AppendLine(run.Arm).AppendJoin('\n', run.Rows.Select(row => $"{row.Item.Id} {row.Seen.Response} {row.Seen.Correct} {row.Seen.PromptTokens} {row.Seen.CompletionTokens}"));
        }

        return text.ToString();
    }
}
