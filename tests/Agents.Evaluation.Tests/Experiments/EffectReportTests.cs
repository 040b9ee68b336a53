using System.Xml.Linq;
using Agents.Benchmarks.Experiments;

namespace Agents.Evaluation.Tests.Experiments;

public sealed class EffectReportTests
{
    [Fact]
    public void Write_TwoSeeds_PoolsQuestionsAndShowsEachSeed()
    {
        string report = new EffectReport([Row("base", 1, "0011"), Row("base", 2, "0011"), Row("sft", 1, "0111"), Row("sft", 2, "1111")], "listing").Write();

        Assert.Contains("| sft | 2 | 8 | 50.0 % | 87.5 % | **+37.5** |", report, StringComparison.Ordinal);
        Assert.Contains("| +25.0, +50.0 |", report, StringComparison.Ordinal);
        Assert.DoesNotContain("| base |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Costs_AreMeansOverSeedsWithShares()
    {
        string report = new EffectReport([Row("base", 1, "01"), Row("grpo", 1, "11", seconds: 10)], "listing").Write();

        Assert.Contains("| grpo | 7 | 2.00 M (1.00 M) | 0.50 M | 10 |", report, StringComparison.Ordinal);
        Assert.Contains("sampling 60 %, backward 30 % |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_WatchedRuns_IsWellFormedWithALinePerSeed()
    {
        EffectRow[] rows = [Row("grpo", 1, "1"), Row("grpo", 2, "1"), Row("sft", 1, "1")];

        XElement svg = XElement.Parse(new EffectPlot(rows, "listing").Draw());

        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Equal(3, svg.Elements(space + "polyline").Count());
        Assert.Contains(svg.Elements(space + "text"), text => text.Value == "sft");
    }

    [Fact]
    public void Draw_NothingWatched_IsEmpty() => Assert.Empty(new EffectPlot([Row("sft", 1, "1") with { Curve = [] }], "listing").Draw());

    [Fact]
    public void With_EverySetting_ChangesWhatIdentifiesTheExperiment()
    {
        string[] names =
        [
            "steps", "rate", "final", "rank", "prompts", "groups", "group-size", "updates", "normalized", "partial", "penalty", "beta", "rounds", "per-prompt", "tokens-per-step", "pairs-per-step",
        ];
        ArmSettings settings = new();

        Assert.All(names, name => Assert.NotEqual(settings.Describe(), settings.With(name, "7").Describe()));
        Assert.Throws<ArgumentException>(() => settings.With("speed", "7"));
    }

    private static EffectRow Row(string arm, ulong seed, string answers, double seconds = 1) => new()
    {
        Arm = arm,
        Family = "listing",
        Seed = seed,
        Settings = "",
        Answers = new(StringComparer.Ordinal) { ["listing"] = answers },
        Updates = 7,
        TrainedTokens = 2_000_000,
        LearnedTokens = 1_000_000,
        SampledTokens = 500_000,
        Seconds = seconds,
        Phases = new(StringComparer.Ordinal) { ["backward"] = 0.3 * seconds, ["sampling"] = 0.6 * seconds },
        Curve = [new CurvePoint(0, 0, 0.5), new CurvePoint(7, seconds, 0.6)],
    };
}
