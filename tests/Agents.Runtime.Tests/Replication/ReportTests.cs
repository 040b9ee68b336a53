using System.Text.Json;
using System.Xml.Linq;
using Agents.Replication;
using Agents.Runtime.Replication;
using Agents.Runtime.Replication.Reports;

namespace Agents.Runtime.Tests.Replication;

public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reports-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Report_Toy_IsExactlyThis()
    {
        const string expected = """
            # 7 — A toy

            **Claim.** The trained adapter changes the answers.

            **Verdict: effect shown.** Because.

            ## Setup

            - 2 items

            ## Arms

            ![arms with their intervals](7-toy.svg)

            | arm | seeds × items | accuracy (Wilson 95 %) | mean ± deviation over seeds | calls | tokens read | tokens written | seconds |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            | plain | 2 × 2 | 0.250 [0.046, 0.699] | 0.250 ± 0.354 | 1 | 10 | 5 | 0.5 |
            | tuned \| more | 2 × 2 | 0.750 [0.301, 0.954] | 0.750 ± 0.354 | 2 | 10 | 5 | 0.5 |

            Calls, tokens and seconds are per item; items run several at a time.

            ## Comparisons

            | method − baseline | metric | pairs (items) | difference | 95 % | MDE | by seed | calls |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            | **tuned \| more − plain** | accuracy | 4 (2) | +0.500 | [0.500, 0.500] | 1.000 | 0.000, +1.000 | 2 : 1 |

            ## Checks

            | holds | expectation | figures |
            | --- | --- | --- |
            | yes | it works | 1 |
            | **no** | it flies | 5.0e-4 |
            | cannot tell | it swims | none |

            ## Sweep

            | a | b |
            | --- | --- |
            | 1 | 2 |

            ## Notes

            - Nothing surprised.

            ## How it was run

            ```
            agents replicate 7 --profile full --seeds 2
            ```

            Profile full, seeds 1, 2, model random-1 (weights 0123456789ab), 2.0 minutes.

            """;

        Assert.Equal(expected.ReplaceLineEndings("\n"), ReportText.Report(FindingsDocument.Of(Result())));
    }

    [Fact]
    public void Write_TwoReports_SummaryHasBothAndTheFilesRebuildThem()
    {
        FindingsDocument full = FindingsDocument.Of(Result());
        FindingsDocument quick = FindingsDocument.Of(Result() with { Profile = ReplicationProfile.Quick, Findings = ReplicationRunner.Hold(Result().Findings, ReplicationProfile.Quick) });

        string path = ReportFolder.Write(_folder, full);
        ReportFolder.Write(_folder, quick);

        Assert.Equal(Path.Combine(_folder, "7-toy.md"), path);
        Assert.Equal(
            ["7-toy-quick.json", "7-toy-quick.md", "7-toy-quick.svg", "7-toy.json", "7-toy.md", "7-toy.svg", "README.md"],
            Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        string summary = File.ReadAllText(Path.Combine(_folder, "README.md"));
        Assert.Contains("| [7 toy](7-toy.md) | The trained adapter changes the answers. | accuracy | tuned \\| more − plain | +0.500 | [0.500, 0.500] | 1.000 | effect shown | full | 2 |", summary, StringComparison.Ordinal);
        Assert.Contains("underpowered | quick", summary, StringComparison.Ordinal);

        File.Delete(Path.Combine(_folder, "README.md"));
        ReportFolder.Summarize(_folder);
        Assert.Equal(summary, File.ReadAllText(Path.Combine(_folder, "README.md")));
    }

    [Fact]
    public void Write_Svg_IsWellFormedAndHasARowPerArm()
    {
        ReportFolder.Write(_folder, FindingsDocument.Of(Result()));

        XDocument svg = XDocument.Load(Path.Combine(_folder, "7-toy.svg"));
        string[] texts = [.. svg.Descendants().Where(node => node.Name.LocalName == "text").Select(node => node.Value)];
        Assert.Contains("plain", texts);
        Assert.Contains("tuned | more", texts);
    }

    [Fact]
    public void Summarize_ForeignJson_IsNamed()
    {
        File.WriteAllText(Path.Combine(_folder, "mine.json"), "{\"a\":1}");

        ReplicationException error = Assert.Throws<ReplicationException>(() => ReportFolder.Summarize(_folder));
        Assert.Contains("mine.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EffectVerdict.Shown)]
    [InlineData(EffectVerdict.ShownAgainstSome)]
    [InlineData(EffectVerdict.NotShown)]
    public void Hold_QuickRun_NeverGivesAVerdict(EffectVerdict verdict)
    {
        ReplicationFindings said = Result().Findings with { Verdict = verdict };

        ReplicationFindings held = ReplicationRunner.Hold(said, ReplicationProfile.Quick);

        Assert.Equal(EffectVerdict.Underpowered, held.Verdict);
        Assert.StartsWith("Quick run", held.Explanation, StringComparison.Ordinal);
        Assert.Equal(verdict, ReplicationRunner.Hold(said, ReplicationProfile.Full).Verdict);
    }

    [Fact]
    public void Hold_PrimaryNotListed_IsListedFirst()
    {
        ReplicationFindings findings = Result().Findings;

        ReplicationFindings held = ReplicationRunner.Hold(findings with { Comparisons = [] }, ReplicationProfile.Full);

        Assert.Equal([findings.Primary], held.Comparisons);
    }

    [Fact]
    public void Of_RealMetric_HasMeanAndIntervalOverItems()
    {
        ArmSummary arm = ArmSummary.Of([Valued("kl", 1, 1, 3), Valued("kl", 2, 3, 5)], "kl");

        // Items have means 2 and 4 over the seeds: mean 3, standard error √2/√2 = 1.
        Assert.Equal(3, arm.Metric);
        Assert.Equal([3 - 1.959964, 3 + 1.959964], arm.MetricInterval!, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([2, 4], arm.MetricBySeed);
        Assert.Null(arm.Accuracy);
    }

    [Fact]
    public void Findings_Json_KeepsItsNames()
    {
        ReportFolder.Write(_folder, FindingsDocument.Of(Result()));

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "7-toy.json")));
        foreach (string name in (string[])["schema", "paper", "profile", "seeds", "model", "generation", "metric", "verdict", "explanation", "primary", "comparisons", "arms", "checks", "tables", "setup", "notes", "seconds"])
        {
            Assert.True(json.RootElement.TryGetProperty(name, out _), name);
        }

        Assert.Equal("shown", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(0.5, json.RootElement.GetProperty("primary").GetProperty("difference").GetDouble());
    }

    private static ArmRun Valued(string metric, ulong seed, params double[] values) =>
        new("arm", seed, [.. values.Select((value, i) => (Item(i), new Observation { Values = new Dictionary<string, double> { [metric] = value } }))]);

    private static ExperimentItem Item(int number) => new($"item-{number}", $"question {number}", "1") { Family = "toy", Difficulty = 1, Solution = "answer: 1" };

    private static ArmRun Run(string arm, ulong seed, int calls, params bool[] correct) =>
        new(arm, seed, [.. correct.Select((right, i) => (Item(i), new Observation { Correct = right, Calls = calls, PromptTokens = 10, CompletionTokens = 5, Seconds = 0.5 }))]);

    private static ReplicationResult Result()
    {
        ArmRun[] plain = [Run("plain", 1, 1, true, false), Run("plain", 2, 1, false, false)];
        ArmRun[] tuned = [Run("tuned | more", 1, 2, false, true), Run("tuned | more", 2, 2, true, true)];
        ArmComparison primary = ComparisonStatistics.Compare(plain, tuned) with { StandardError = 0, Low = 0.5, High = 0.5 };
        return new ReplicationResult(LaboratoryBench.Info, new ReplicationFindings
        {
            Verdict = EffectVerdict.Shown,
            Explanation = "Because.",
            Primary = primary,
            Comparisons = [primary],
            Arms = [.. plain, .. tuned],
            Checks = [new FindingCheck("it works", true, "1"), new FindingCheck("it flies", false, ReportText.Number(0.0005)), new FindingCheck("it swims", null, "none")],
            Tables = [new FindingTable("Sweep", ["a", "b"], [["1", "2"]])],
            Setup = ["2 items"],
            Notes = ["Nothing surprised."],
        })
        {
            Profile = ReplicationProfile.Full,
            Seeds = [1, 2],
            Model = "random-1",
            Generation = "0123456789abcdef",
            Seconds = 120,
            Folder = "runs/7",
        };
    }
}
