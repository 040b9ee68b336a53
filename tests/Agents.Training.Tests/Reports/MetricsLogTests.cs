using Agents.Training.Errors;
using Agents.Training.Progress;
using Agents.Training.Reports;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Reports;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private MetricsLog Read(string content)
    {
        File.WriteAllText(_folder["metrics.jsonl"], content);
        return MetricsLog.Read(_folder["metrics.jsonl"]);
    }

    [Fact]
    public void Read_LinesOfTheWriter_GiveTheirSeries()
    {
        using (MetricsFile file = new(_folder["metrics.jsonl"], 0))
        {
            file.Write(1, [KeyValuePair.Create("loss", 2.5), KeyValuePair.Create("tokens", 100.0)], ["too long"]);
            file.Write(2, [KeyValuePair.Create("loss", 1.5)]);
        }

        MetricsLog log = MetricsLog.Read(_folder["metrics.jsonl"]);

        Assert.Equal([1, 2], log.Steps);
        Assert.Equal([new MetricsPoint(1, 2.5), new MetricsPoint(2, 1.5)], log.Series["loss"]);
        Assert.Equal([new MetricsPoint(1, 100)], log.Series["tokens"]);
        Assert.Equal([(1L, "too long")], log.Warnings);
        Assert.Equal([new MetricsSegment(1, 2, 2)], log.Segments);
    }

    [Fact]
    public void Read_ResumedRun_LaterLinesOfAStepHold()
    {
        MetricsLog log = Read("{\"step\":1,\"loss\":5}\n{\"step\":2,\"loss\":4}\n{\"step\":3,\"loss\":9,\"warnings\":[\"old\"]}\n{\"step\":2,\"loss\":4.5}\n{\"step\":3,\"loss\":3}\n{\"step\":4,\"loss\":2}\n");

        Assert.Equal([5, 4.5, 3, 2], log.Series["loss"].Select(point => point.Value));
        Assert.Equal([new MetricsSegment(1, 3, 3), new MetricsSegment(2, 4, 3)], log.Segments);
        Assert.Empty(log.Warnings);
    }

    [Theory]
    [InlineData("{\"step\":1,\"loss\":5}\n{\"step\":2,\"lo", 1, 1)]
    [InlineData("{\"step\":1,\"loss\":5}\n{\"step\":2,\"lo{\"step\":2,\"loss\":4}\n{\"step\":3,\"loss\":3}\n", 2, 1)]
    [InlineData("{\"step\":1,\"loss\":5}\n\n", 1, 0)]
    [InlineData("{\"step\":1,\"loss\":5}", 1, 0)]
    [InlineData("[1]\n{\"step\":\"2\"}\n{\"step\":-1}\n{\"step\":1,\"loss\":1e999}\n{\"step\":2,\"loss\":\"x\"}\n", 2, 3)]
    public void Read_TornOrForeignLines_AreLeftOutAndCounted(string content, int steps, int damaged)
    {
        MetricsLog log = Read(content);

        Assert.Equal((steps, damaged), (log.Steps.Length, log.DamagedLines));
    }

    [Fact]
    public void Read_EveryCutOfTheLastLine_KeepsTheOthers()
    {
        const string Whole = "{\"step\":1,\"loss\":5}\n{\"step\":2,\"loss\":4.25,\"warnings\":[\"a\"]}";
        for (int length = 21; length < Whole.Length; length++)
        {
            Assert.Single(Read(Whole[..length]).Steps);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing\n")]
    public void Read_NoReadableLine_IsNamed(string content) => Assert.Contains("no readable line", Assert.Throws<TrainingException>(() => Read(content)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_NoFile_IsNamed() => Assert.Contains("metrics.jsonl", Assert.Throws<TrainingException>(() => MetricsLog.Read(_folder["metrics.jsonl"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_AnEndlessLine_IsNotReadIntoMemory()
    {
        File.WriteAllText(_folder["metrics.jsonl"], "{\"step\":1,\"loss\":5}\n" + new string('x', 3 << 20) + "\n{\"step\":2,\"loss\":4}\n");

        MetricsLog log = MetricsLog.Read(_folder["metrics.jsonl"]);

        Assert.Equal((2, 1), (log.Steps.Length, log.DamagedLines));
    }

    [Fact]
    public void Read_WhileTheRunWrites_Works()
    {
        using MetricsFile file = new(_folder["metrics.jsonl"], 0);
        file.Write(1, [KeyValuePair.Create("loss", 2.5)]);

        Assert.Equal([1], MetricsLog.Read(_folder["metrics.jsonl"]).Steps);
    }
}
