using Agents.Evaluation.Statistics;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Statistics;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.8413447460685429)]
    [InlineData(-1.959963984540054, 0.025)]
    [InlineData(2.999, 0.9986456634662729)]
    [InlineData(3.001, 0.998654527174915)]
    public void Cumulative_KnownValues_Agree(double value, double expected) =>
        Assert.Equal(expected, NormalDistribution.Cumulative(value), 9);

    [Fact]
    public void Cumulative_FarTail_KeepsRelativeAccuracy() =>
        Assert.Equal(1, NormalDistribution.Cumulative(-6) / 9.865876450376981e-10, 9);

    [Theory]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.8, 0.8416212335729143)]
    [InlineData(0.5, 0)]
    public void Quantile_KnownValues_Agree(double probability, double expected) =>
        Assert.Equal(expected, NormalDistribution.Quantile(probability), 10);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Quantile_NoProbability_Throws(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(probability));

    [Theory]
    [InlineData(8, 10, 0.490165, 0.943319)]
    [InlineData(0, 10, 0, 0.277533)]
    [InlineData(10, 10, 0.722467, 1)]
    [InlineData(50, 100, 0.403832, 0.596168)]
    [InlineData(0, 0, 0, 1)]
    public void Wilson_KnownCounts_Agree(int correct, int count, double low, double high)
    {
        ConfidenceInterval interval = WilsonInterval.Of(correct, count);

        Assert.Equal(low, interval.Low, 5);
        Assert.Equal(high, interval.High, 5);
    }

    [Fact]
    public void Wilson_MoreRightThanAnswers_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(3, 2));

    [Theory]
    [InlineData(1, 9, 0.021484375)]
    [InlineData(9, 1, 0.021484375)]
    [InlineData(2, 10, 0.03857421875)]
    [InlineData(5, 5, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 5, 0.0625)]
    public void McNemar_SmallCounts_IsTheBinomialSum(int first, int second, double expected) =>
        Assert.Equal(expected, McNemarTest.Exact(first, second), 12);

    [Fact]
    public void McNemar_ManyDisagreements_AgreesWithTheNormalLimit()
    {
        double normal = 2 * NormalDistribution.Cumulative(-(200 - 1) / Math.Sqrt(2200));

        Assert.Equal(1, McNemarTest.Exact(1000, 1200) / normal, 0.02);
    }

    [Fact]
    public void Holm_FourValues_StepDownAndMonotone() =>
        Assert.Equal([0.03, 0.06, 0.06, 0.02], HolmCorrection.Adjust([0.01, 0.04, 0.03, 0.005]).Select(value => Math.Round(value, 12)));

    [Fact]
    public void Holm_LargeValues_AreCappedAtOne() => Assert.Equal([1, 1], HolmCorrection.Adjust([0.6, 0.9]));

    [Fact]
    public void Holm_NoPValue_Throws() => Assert.Throws<ArgumentException>(() => HolmCorrection.Adjust([0.1, double.NaN]));

    [Fact]
    public void MinimumDetectableEffect_Paired_InvertsConnorsSampleSize()
    {
        // ψ = .3, d = .1: n = (1.959964 √.3 + .841621 √.29)² / .01 = 233.1.
        Assert.Equal(0.1, MinimumDetectableEffect.OfPaired(233, 0.3), 3);
        Assert.True(MinimumDetectableEffect.OfPaired(2330, 0.3) < 0.035);
    }

    [Fact]
    public void MinimumDetectableEffect_Single_IsTheSumOfQuantilesTimesTheError() =>
        Assert.Equal(2.801585 * Math.Sqrt(0.25 / 1000), MinimumDetectableEffect.OfSingle(1000, 0.5), 6);

    [Fact]
    public void MinimumDetectableEffect_HardlyAnyDisagreement_DoesNotPromiseTheImpossible() =>
        Assert.True(MinimumDetectableEffect.OfPaired(100, 0) > 0.05);

    [Theory]
    [InlineData(10, 3, 1, 0.3)]
    [InlineData(10, 3, 5, 0.9166666666666666)]
    [InlineData(10, 0, 10, 0)]
    [InlineData(10, 6, 5, 1)]
    public void PassAtK_KnownCounts_Agree(int samples, int correct, int k, double expected) =>
        Assert.Equal(expected, PassAtK.Estimate(samples, correct, k), 12);

    [Fact]
    public void PassAtK_MoreThanSampled_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(3, 1, 4));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(1, 4)]
    [InlineData(0.25, 1.75)]
    public void Quantiles_FourValues_InterpolateLinearly(double probability, double expected) =>
        Assert.Equal(expected, Quantiles.OfSorted([1, 2, 3, 4], probability), 12);

    [Fact]
    public void Bootstrap_NoDifference_IntervalIsZero()
    {
        BootstrapResult result = PairedBootstrap.Compare([.. Enumerable.Range(0, 50).Select(i => new PairedScore("q" + i, i % 2, i % 2))], 1, 500);

        Assert.Equal(new ConfidenceInterval(0, 0), result.Interval);
        Assert.Equal(0, result.Difference);
    }

    [Fact]
    public void Bootstrap_KnownSpread_FindsTheStandardErrorAndRepeats()
    {
        PairedScore[] pairs = [.. Enumerable.Range(0, 400).Select(i => new PairedScore("q" + i, 0, i % 4 == 0 ? 1 : 0))];

        BootstrapResult result = PairedBootstrap.Compare(pairs, 7);
        BootstrapResult again = PairedBootstrap.Compare(pairs, 7);

        double expected = Math.Sqrt(0.25 * 0.75 / 400);
        Assert.Equal(0.25, result.Difference, 12);
        Assert.Equal(1, result.StandardError / expected, 0.05);
        Assert.Equal(0.25 - (1.96 * expected), result.Interval.Low, 0.006);
        Assert.Equal(result, again);
    }

    [Fact]
    public void Bootstrap_RepeatedSamplesOfAQuestion_AddNoFalseCertainty()
    {
        PairedScore[] once = [.. Enumerable.Range(0, 200).Select(i => new PairedScore("q" + i, 0, i % 2))];
        PairedScore[] fourTimes = [.. once.SelectMany(pair => Enumerable.Repeat(pair, 4))];

        Assert.Equal(PairedBootstrap.Compare(once, 3, 2000).StandardError, PairedBootstrap.Compare(fourTimes, 3, 2000).StandardError, 12);
    }

    [Theory]
    [InlineData("12 12 15", "12", 0, 2, 3)]
    [InlineData("12 15 18", "12", 0, 1, 3)]
    [InlineData("15 12.0 12", "12", 1, 2, 3)]
    [InlineData("- 7 -", "7", 1, 1, 1)]
    [InlineData("a b b a", "a", 0, 2, 4)]
    public void Vote_Candidates_EarliestWinsTiesAndInvalidDoNotVote(string candidates, string answer, int index, int votes, int valid)
    {
        string?[] answers = [.. candidates.Split(' ').Select(candidate => candidate == "-" ? null : candidate)];

        VoteResult? result = PluralityVote.Count(answers, AnswerFormat.Default);

        Assert.Equal(new VoteResult(index, answer, votes, valid, answers.Length), result);
    }

    [Fact]
    public void Vote_NobodyHasAnAnswer_IsNull() => Assert.Null(PluralityVote.Count([null, " "], AnswerFormat.Default));

    [Fact]
    public void Vote_PerSlot_MixesCandidates() =>
        Assert.Equal(["1", "2", "3"], PluralityVote.CountPerSlot([["1", "9", "3"], ["1", "2", "8"], ["7", "2", "6"]]));

    [Fact]
    public void Vote_PerSlotWithUnequalLengths_Throws() =>
        Assert.Throws<ArgumentException>(() => PluralityVote.CountPerSlot([["1"], ["1", "2"]]));
}
