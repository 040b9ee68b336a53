using Agents.Training.Experience;
using Agents.Training.Preflight;
using Agents.Training.Tests.Guards;

namespace Agents.Training.Tests.Preflight;

public sealed class RolloutJudgementTests
{
    private static readonly RolloutLimits Limits = new() { ContextLength = 64 };

    private static ExperienceGroup Group(int draw, params (double Reward, int Tokens, bool Cut)[] completions) => new(
        0, draw, $"p{draw}", "test",
        [
            .. completions.Select(c => StepRows.Row([.. Enumerable.Range(0, c.Tokens)], c.Reward, c.Cut ? GenerationFinish.Length : GenerationFinish.EndToken)),
        ]);

    private static RolloutStatistics Statistics(int cut, int whole, double first = 1) =>
        RolloutStatistics.Of([Group(0, [.. Enumerable.Range(0, cut + whole).Select(i => (i == 0 ? first : 0.0, i < cut ? 16 : 5, i < cut))])]);

    private static PreflightFinding Of(PreflightReport report, string subject) => report.Findings.First(finding => finding.Subject == subject);

    [Fact]
    public void Of_KnownGroups_MeasuresEverything()
    {
        RolloutStatistics sut = RolloutStatistics.Of(
        [
            Group(0, (1, 4, false), (0, 8, false), (0, 16, true), (1, 4, false)),
            Group(1, (0, 2, false), (0, 2, false), (double.NaN, 16, true), (0, 4, false)),
        ]);

        Assert.Equal((2, 1, 8, 2, 1), (sut.Groups, sut.DeadGroups, sut.Completions, sut.Truncated, sut.Unscored));
        Assert.Equal((0.25, 0.5), (sut.TruncatedShare, sut.DeadShare));
        Assert.Equal(7, sut.Reward.Count);
        Assert.Equal(2.0 / 7, sut.Reward.Mean, 12);
        Assert.Equal(Math.Sqrt(2.0 / 7 * (5.0 / 7)), sut.Reward.Deviation, 12);
        Assert.Equal((0, 1), (sut.Reward.Minimum, sut.Reward.Maximum));
        Assert.Equal(7, sut.Components["exact"].Count);
        Assert.Equal((2, 4, 16, 16, 7.0), (sut.CompletionLength.Minimum, sut.CompletionLength.Median, sut.CompletionLength.Percentile95, sut.CompletionLength.Maximum, sut.CompletionLength.Mean));
        Assert.Equal([new LengthBin(2, 2), new LengthBin(4, 3), new LengthBin(8, 1), new LengthBin(16, 2)], sut.CompletionLength.Bins);
        Assert.Equal(3, sut.PromptLength.Maximum);
    }

    [Fact]
    public void Of_HealthyGroups_SaysGo()
    {
        PreflightReport report = RolloutJudgement.Of(Statistics(cut: 1, whole: 7), Limits, 16);

        Assert.Equal(PreflightVerdict.Go, report.Verdict);
        report.ThrowIfRefused();
        Assert.Equal(0.125, report.Numbers["truncatedShare"]);
        Assert.Contains("1 of 8 completions are cut at 16 tokens", Of(report, "truncation").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, PreflightVerdict.Go)]
    [InlineData(3, PreflightVerdict.Warn)]
    [InlineData(7, PreflightVerdict.Warn)]
    [InlineData(8, PreflightVerdict.Refuse)]
    public void Of_CutCompletions_GoWarnOrRefuse(int cut, PreflightVerdict expected) =>
        Assert.Equal(expected, Of(RolloutJudgement.Of(Statistics(cut, 8 - cut), Limits, 16), "truncation").Verdict);

    [Theory]
    [InlineData(2, 16, null)]
    [InlineData(3, 16, 32)]
    [InlineData(3, 40, 61)]
    [InlineData(3, 61, null)]
    public void HigherLimit_DoublesWithinTheContext(int cut, int present, int? expected) =>
        Assert.Equal(expected, RolloutJudgement.HigherLimit(Statistics(cut, 8 - cut), Limits, present));

    [Fact]
    public void Of_AllRewardsEqual_IsRefusedWithTheWayOut()
    {
        PreflightReport report = RolloutJudgement.Of(Statistics(cut: 0, whole: 8, first: 0), Limits, 16);

        Assert.Equal(PreflightVerdict.Refuse, report.Verdict);
        Errors.PreflightException error = Assert.Throws<Errors.PreflightException>(report.ThrowIfRefused);
        Assert.Contains("1 of 1 groups have equal rewards", error.Message, StringComparison.Ordinal);
        Assert.Contains("always or never solved", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NothingScored_IsRefused()
    {
        RolloutStatistics statistics = RolloutStatistics.Of([Group(0, (double.NaN, 3, false), (double.NaN, 3, false))]);

        PreflightReport report = RolloutJudgement.Of(statistics, Limits, 16);

        Assert.Contains("None of 2 completions could be scored", Assert.Throws<Errors.PreflightException>(report.ThrowIfRefused).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Numbers, entry => double.IsNaN(entry.Value));
    }

    [Fact]
    public void Of_MostGroupsDeadOrUnscored_Warns()
    {
        RolloutStatistics statistics = RolloutStatistics.Of(
        [
            Group(0, (1, 3, false), (0, 3, false)),
            .. Enumerable.Range(1, 7).Select(i => Group(i, (double.NaN, 3, false), (0, 3, false))),
        ]);

        PreflightReport report = RolloutJudgement.Of(statistics with { Unscored = 9 }, Limits, 16);

        Assert.Equal((PreflightVerdict.Warn, PreflightVerdict.Warn), (Of(report, "signal").Verdict, Of(report, "reward").Verdict));
        Assert.Equal(PreflightVerdict.Warn, report.Verdict);
    }

    [Fact]
    public void Of_ComponentThatNeverVaries_IsNamed()
    {
        RolloutStatistics statistics = Statistics(0, 8);
        statistics = statistics with { Components = statistics.Components.Add("format", ValueSpread.Of([1, 1, 1])).Add("judge", ValueSpread.Of([double.NaN])) };

        string text = RolloutJudgement.Of(statistics, Limits, 16).ToString();

        Assert.Contains("Component 'format': mean 1, deviation 0. It tells no completion from another", text, StringComparison.Ordinal);
        Assert.Contains("Component 'judge' scored nothing.", text, StringComparison.Ordinal);
        Assert.StartsWith("preflight: warn\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_OutOfRange_AreNamed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new RolloutLimits { ContextLength = 1, Prompts = 9, MaximumPrompts = 8, RaiseAbove = 0.95 }.Validate());

        Assert.All(["9 prompts", "0.95", "context of 1"], word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_NoGroupsOrLengths_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => RolloutStatistics.Of([]));
        Assert.Throws<ArgumentException>(() => LengthSpread.Of([]));
    }

    [Theory]
    [InlineData(new[] { 1 }, 1, 1, 1)]
    [InlineData(new[] { 3, 1 }, 1, 3, 3)]
    [InlineData(new[] { 5, 1, 3 }, 3, 5, 5)]
    public void Of_FewLengths_QuantilesAreLengths(int[] lengths, int median, int high, int maximum)
    {
        LengthSpread sut = LengthSpread.Of(lengths);

        Assert.Equal((median, high, maximum), (sut.Median, sut.Percentile95, sut.Maximum));
        Assert.Equal(lengths.Length, sut.Bins.Sum(bin => bin.Count));
    }
}
