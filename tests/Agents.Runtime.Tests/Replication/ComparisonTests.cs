using Agents.Replication;
using Agents.Runtime.Replication;

namespace Agents.Runtime.Tests.Replication;

/// <summary>Comparisons against numbers worked out by hand.</summary>
public sealed class ComparisonTests
{
    private static readonly double Sum = 1.959963984540054 + 0.8416212335729143;

    [Fact]
    public void Compare_Correctness_PairsByItemAndSeed()
    {
        // Two items, two seeds: differences 1 and 0 for the first item, 0 and −1 for the second; one unjudged pair is left out.
        ArmRun[] baseline = [Run("a", 1, false, true, null), Run("a", 2, true, true, true)];
        ArmRun[] method = [Run("b", 1, true, true, true), Run("b", 2, true, false, null)];

        ArmComparison comparison = ComparisonStatistics.Compare(baseline, method);

        Assert.Equal(4, comparison.Pairs);
        Assert.Equal(2, comparison.Items);
        Assert.Equal(0, comparison.Difference, 12);
        Assert.Equal([0.5, -0.5], comparison.BySeed);
        Assert.Equal("accuracy", comparison.Metric);
        Assert.Equal(("a", "b"), (comparison.Baseline, comparison.Method));

        // Resampling two items of mean ±1/2: ±1/2 with probability 1/4 each, else 0. Deviation √(1/8).
        Assert.Equal(Math.Sqrt(0.125), comparison.StandardError, 2);
        Assert.Equal(-0.5, comparison.Low, 12);
        Assert.Equal(0.5, comparison.High, 12);
        Assert.Equal(1, comparison.MinimumDetectableEffect, 6);
        Assert.False(comparison.IsBetter || comparison.IsWorse);
    }

    [Fact]
    public void Compare_RealValues_DetectableEffectFollowsTheStandardError()
    {
        ArmRun[] baseline = [Values("a", 1, 1.0, 2.0, 3.0, 4.0)];
        ArmRun[] method = [Values("b", 1, 1.5, 2.6, 3.4, 4.5)];

        ArmComparison comparison = ComparisonStatistics.Compare(baseline, method, "kl");

        // Differences 0.5, 0.6, 0.4, 0.5: mean 0.5, deviation of the mean of four resampled √(0.005 / 4).
        Assert.Equal(0.5, comparison.Difference, 12);
        Assert.Equal(Math.Sqrt(0.005 / 4), comparison.StandardError, 3);
        Assert.Equal(Sum * comparison.StandardError, comparison.MinimumDetectableEffect, 9);
        Assert.True(comparison.IsBetter);
        Assert.Equal("kl", comparison.Metric);
    }

    [Fact]
    public void Compare_Calls_AreMeansPerItem()
    {
        ArmComparison comparison = ComparisonStatistics.Compare([Run("a", 1, true, false)], [Run("b", 1, true, false) with { Rows = [.. Run("b", 1, true, false).Rows.Select((row, i) => (row.Item, row.Seen with { Calls = 3 + i }))] }]);

        Assert.Equal(1, comparison.BaselineCalls);
        Assert.Equal(3.5, comparison.MethodCalls);
    }

    [Fact]
    public void Compare_Twice_IsTheSameToTheLastBit()
    {
        ArmRun[] baseline = [Values("a", 1, 0.1, 0.2, 0.7, 0.9)];
        ArmRun[] method = [Values("b", 1, 0.3, 0.1, 0.8, 0.4)];

        ArmComparison first = ComparisonStatistics.Compare(baseline, method, "kl");
        ArmComparison second = ComparisonStatistics.Compare(baseline, method, "kl");
        Assert.Equal((first.Low, first.High, first.StandardError), (second.Low, second.High, second.StandardError));
    }

    [Fact]
    public void Compare_NothingInCommon_NamesArmsAndMetric()
    {
        ReplicationException error = Assert.Throws<ReplicationException>(() => ComparisonStatistics.Compare([Run("a", 1, true)], [Run("b", 2, true)]));
        Assert.Contains("'a' and 'b'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ReplicationException>(() => ComparisonStatistics.Compare([Run("a", 1, true)], [Run("b", 1, true)], "kl"));
        Assert.Contains("'kl'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_MixedOrEmptyArms_AreRefused()
    {
        Assert.Throws<ReplicationException>(() => ComparisonStatistics.Compare([], [Run("b", 1, true)]));
        Assert.Throws<ReplicationException>(() => ComparisonStatistics.Compare([Run("a", 1, true), Run("c", 2, true)], [Run("b", 1, true)]));
        Assert.Throws<ReplicationException>(() => ComparisonStatistics.Compare([Run("a", 1, true), Run("a", 1, true)], [Run("b", 1, true)]));
    }

    private static ExperimentItem Item(int number) => new($"item-{number}", $"question {number}", "1") { Family = "toy", Difficulty = 1, Solution = "answer: 1" };

    private static ArmRun Run(string arm, ulong seed, params bool?[] correct) =>
        new(arm, seed, [.. correct.Select((right, i) => (Item(i), new Observation { Correct = right, Calls = 1 }))]);

    private static ArmRun Values(string arm, ulong seed, params double[] values) =>
        new(arm, seed, [.. values.Select((value, i) => (Item(i), new Observation { Values = new Dictionary<string, double> { ["kl"] = value } }))]);
}
