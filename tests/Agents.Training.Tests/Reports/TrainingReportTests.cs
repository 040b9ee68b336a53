using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Agents.Training.Adapters;
using Agents.Training.Errors;
using Agents.Training.Manifests;
using Agents.Training.Preflight;
using Agents.Training.Reports;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Reports;

public sealed class TrainingReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Lines(int first, int last) => string.Concat(Enumerable.Range(first, last - first + 1).Select(step => string.Create(
        CultureInfo.InvariantCulture, $"{{\"step\":{step},\"loss\":{5.0 / step},\"reward\":{step / 100.0},\"reward.exact\":{step / 200.0},\"seconds.sampling\":2,\"guard.length\":1,\"tokens\":{step * 50}}}\n")));

    private void WriteRun()
    {
        File.WriteAllText(_folder["metrics.jsonl"], Lines(1, 60) + Lines(41, 80) + "{\"step\":81,\"loss\":1,\"warnings\":[\"too <long>\"]}\n{\"step\":82,\"lo");
        StageManifestFile.Append(_folder["stages.jsonl"], new StageManifest
        {
            Stage = "reinforcement",
            Seed = 7,
            Data = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("questions", "<script>alert(1)</script>"),
            Steps = 81,
            CheckpointHash = "abc123",
            Stop = "Repetition",
        });
        PreflightFile.Save(_folder.Path, new PreflightReport
        {
            Findings = [new PreflightFinding("truncation", PreflightVerdict.Warn, "4 of 8 completions are cut & lost.")],
            Changes = [new PreflightChange(PreflightChange.RowsPerBatch, 512, 256, "It did not fit.")],
            Memory = new MemoryPlan([new MemoryLedgerEntry("weights", 5 << 20, "trained")], 1 << 30),
        });
    }

    [Fact]
    public void Write_WholeRun_MakesOnePageFromItsFiles()
    {
        WriteRun();

        string path = TrainingReport.Write(_folder.Path);

        string page = File.ReadAllText(path);
        Assert.Equal(_folder["report.html"], path);
        Assert.Contains("81 steps", page, StringComparison.Ordinal);
        Assert.Contains("resumed 1 times", page, StringComparison.Ordinal);
        Assert.Contains("1 torn lines left out", page, StringComparison.Ordinal);
        Assert.Contains("Step 81: too &lt;long&gt;", page, StringComparison.Ordinal);
        Assert.Contains("4 of 8 completions are cut &amp; lost.", page, StringComparison.Ordinal);
        Assert.Contains("512 &#8594; 256", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"stop\">Repetition</td>", page, StringComparison.Ordinal);
        Assert.All(["Loss", "Reward", "Reward components", "Seconds per step", "Guards"], title => Assert.Contains($"<h3>{title}</h3>", page, StringComparison.Ordinal));
        Assert.Equal(page, TrainingReport.Page(_folder.Path));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.partial"));
    }

    [Fact]
    public void Page_ForeignText_CannotRunOrFetchAnything()
    {
        WriteRun();

        string page = TrainingReport.Page(_folder.Path);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" href=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_EveryDrawing_IsWellFormedAndInsideItsFrame()
    {
        WriteRun();
        string page = TrainingReport.Page(_folder.Path);

        XElement[] drawings = [.. page.Split("<svg").Skip(1).Select(part => XElement.Parse("<svg" + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)]))];

        Assert.True(drawings.Length >= 5);
        foreach (XElement line in drawings.SelectMany(drawing => drawing.Descendants("polyline")))
        {
            double[][] points = [.. line.Attribute("points")!.Value.Trim().Split(' ').Select(pair => pair.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())];
            Assert.All(points, point => Assert.True(point[0] is >= 0 and <= 560 && point[1] is >= 0 and <= 220, $"{point[0]},{point[1]}"));
            Assert.Equal(points.Select(point => point[0]).Order(), points.Select(point => point[0]));
        }

        Assert.Equal("resumed before step 41", drawings[0].Descendants("title").Single().Value);
    }

    [Fact]
    public void Page_StagesInFolders_HaveSectionsOfTheirOwn()
    {
        foreach (string round in (string[])["round-1", "round-2"])
        {
            Directory.CreateDirectory(_folder[round]);
            File.WriteAllText(Path.Combine(_folder[round], "metrics.jsonl"), Lines(1, 3));
        }

        string page = TrainingReport.Page(_folder.Path);

        Assert.Contains("<h2>round-1</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>round-2</h2>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_FilesThatWereSetAside_AreLeftOut()
    {
        Directory.CreateDirectory(_folder["superseded-1"]);
        File.WriteAllText(Path.Combine(_folder["superseded-1"], "metrics.jsonl"), "");
        File.WriteAllText(_folder["metrics.jsonl"], Lines(1, 3));

        Assert.DoesNotContain("superseded", TrainingReport.Page(_folder.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"step\":1,\"loss\":0}\n")]
    [InlineData("{\"step\":1,\"loss\":3}\n{\"step\":2,\"loss\":3}\n")]
    [InlineData("{\"step\":0,\"loss\":-1.7e308}\n{\"step\":9000000000,\"loss\":1.7e308}\n")]
    [InlineData("{\"step\":1,\"loss\":1e-300}\n{\"step\":2,\"loss\":2e-300}\n")]
    public void Page_OddRanges_StayDrawable(string lines)
    {
        File.WriteAllText(_folder["metrics.jsonl"], lines);

        string page = TrainingReport.Page(_folder.Path);

        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_NoRun_IsNamed()
    {
        Assert.Contains("no files 'metrics.jsonl'", Assert.Throws<TrainingException>(() => TrainingReport.Page(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => TrainingReport.Page(_folder["missing"]));
    }

    [Fact]
    public void Thinned_ManyPoints_KeepsEveryPeakAndTheOrder()
    {
        ImmutableArray<MetricsPoint> points = [.. Enumerable.Range(0, 10_007).Select(i => new MetricsPoint(i, i == 4_321 ? 100 : i == 8_765 ? -100 : Math.Sin(i)))];

        ImmutableArray<MetricsPoint> thin = LinePlot.Thinned(points);

        Assert.InRange(thin.Length, 2, 560);
        Assert.Contains(new MetricsPoint(4_321, 100), thin);
        Assert.Contains(new MetricsPoint(8_765, -100), thin);
        Assert.Equal(thin.Select(point => point.Step).Order(), thin.Select(point => point.Step));
    }

    [Fact]
    public void Smoothed_EqualNumbers_StayEqualFromTheFirstOn() =>
        Assert.All(LinePlot.Smoothed([.. Enumerable.Range(0, 50).Select(i => new MetricsPoint(i, 3))]), point => Assert.Equal(3, point.Value, 12));

    [Theory]
    [InlineData(0, 10, 5, new double[] { 0, 2, 4, 6, 8, 10 })]
    [InlineData(-0.1, 0.1, 4, new double[] { -0.1, -0.05, 0, 0.05, 0.1 })]
    [InlineData(3, 97, 5, new double[] { 20, 40, 60, 80 })]
    public void Ticks_KnownRanges_AreRoundNumbers(double least, double greatest, int count, double[] expected)
    {
        ImmutableArray<double> ticks = AxisTicks.Of(least, greatest, count);

        Assert.Equal(expected.Length, ticks.Length);
        Assert.All(expected.Zip(ticks), pair => Assert.Equal(pair.First, pair.Second, 9));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.05, "0.05")]
    [InlineData(1500, "1500")]
    [InlineData(2e-5, "2e-5")]
    [InlineData(3e7, "3e7")]
    public void Ticks_Text_IsShort(double value, string expected) => Assert.Equal(expected, AxisTicks.Text(value));
}
