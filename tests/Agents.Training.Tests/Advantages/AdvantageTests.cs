using Agents.Training.Advantages;

namespace Agents.Training.Tests.Advantages;

/// <summary>Numbers of papers/00-grpo-baseline §5, and what every estimator promises.</summary>
public sealed class AdvantageTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names => [.. Estimators.Keys];

    private static readonly Dictionary<string, IAdvantageEstimator> Estimators = new()
    {
        ["grpo"] = new GroupNormalizedAdvantage(),
        ["grpo-trl"] = new GroupNormalizedAdvantage(1e-4),
        ["dr-grpo"] = new GroupCenteredAdvantage(),
        ["rloo"] = new LeaveOneOutAdvantage(),
        ["opo"] = new LengthWeightedAdvantage(),
        ["rf++"] = new BatchNormalizedAdvantage(),
        ["rf++b"] = new BatchNormalizedAdvantage(groupBaseline: true),
    };

    [Theory]
    [InlineData("grpo", new double[] { 1, 1, 1, 0 }, new double[] { .499999, .499999, .499999, -1.499997 })]
    [InlineData("grpo-trl", new double[] { 1, 1, 1, 0 }, new double[] { .4999, .4999, .4999, -1.4997 })]
    [InlineData("dr-grpo", new double[] { 1, 1, 1, 0 }, new double[] { .25, .25, .25, -.75 })]
    [InlineData("rloo", new double[] { 1, 1, 1, 0 }, new double[] { .333333, .333333, .333333, -1 })]
    [InlineData("grpo", new double[] { 1, 0, 0, 1 }, new double[] { .866024, -.866024, -.866024, .866024 })]
    [InlineData("rloo", new double[] { 1, 0, 0, 1 }, new double[] { .666667, -.666667, -.666667, .666667 })]
    [InlineData("grpo", new double[] { 2, .5, -1, .5 }, new double[] { 1.224744, 0, -1.224744, 0 })]
    [InlineData("rloo", new double[] { 2, .5, -1, .5 }, new double[] { 2, 0, -2, 0 })]
    public void Estimate_OneGroup(string name, double[] rewards, double[] expected)
    {
        double[] actual = Estimate(name, rewards, new int[rewards.Length], [.. rewards.Select(_ => 3)]);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void Estimate_ReinforcePlusPlus_WhitensOverTokens()
    {
        double[] actual = Estimate("rf++", [1, 0], [0, 1], [2, 3]);
        Assert.Equal(1.095445, actual[0], Tolerance);
        Assert.Equal(-.730297, actual[1], Tolerance);
    }

    [Fact]
    public void Estimate_ReinforcePlusPlusBaseline_WhitensTheCenteredRewards()
    {
        double[] actual = Estimate("rf++b", [1, 0, 1, 1], [0, 0, 1, 1], [2, 3, 1, 2]);
        Assert.All(new[] { 1.348076, -1.048503, .149786, .149786 }.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Estimate_EqualRewards_AreExactlyZero(string name)
    {
        foreach (double reward in (double[])[0, 1, 0.1, -3.7, 1e9])
        {
            double[] actual = Estimate(name, [.. Enumerable.Repeat(reward, 7)], new int[7], [1, 2, 3, 4, 5, 6, 7]);
            Assert.All(actual, value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData("grpo")]
    [InlineData("grpo-trl")]
    [InlineData("dr-grpo")]
    [InlineData("rloo")]
    [InlineData("opo")]
    [InlineData("rf++b")]
    public void Estimate_GroupsOfOne_AreExactlyZero(string name)
    {
        double[] actual = Estimate(name, [1, 0.3, double.NaN, -7, 0.1], [0, 1, 2, 2, 3], [2, 3, 1, 4, 5]);

        Assert.All(actual, value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Estimate_OrderOfAdvantages_IsTheOrderOfRewards(string name)
    {
        SampleStream stream = new(1);
        for (int trial = 0; trial < 50; trial++)
        {
            double[] rewards = [.. Enumerable.Range(0, 8).Select(_ => stream.NextNormal())];
            double[] actual = Estimate(name, rewards, new int[8], [.. Enumerable.Range(0, 8).Select(_ => 1 + stream.NextInt(9))]);
            int[] byReward = [.. Enumerable.Range(0, 8).OrderBy(i => rewards[i])];
            int[] byAdvantage = [.. Enumerable.Range(0, 8).OrderBy(i => actual[i])];
            Assert.Equal(byReward, byAdvantage);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Estimate_UnscoredCompletion_GetsZeroAndMovesNobody(string name)
    {
        double[] with = Estimate(name, [1, double.NaN, 0, 0.5], new int[4], [2, 2, 2, 2]);
        double[] without = Estimate(name, [1, 0, 0.5], new int[3], [2, 2, 2]);
        Assert.Equal(0, with[1]);
        Assert.Equal(without, new[] { with[0], with[2], with[3] });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Estimate_NothingScored_IsAllZero(string name) =>
        Assert.All(Estimate(name, [double.NaN, double.NaN], new int[2], [1, 1]), value => Assert.Equal(0, value));

    [Fact]
    public void Estimate_LengthWeighted_UsesTheWeightedMean()
    {
        double[] actual = Estimate("opo", [1, 0], [0, 0], [1, 3]);
        Assert.Equal([0.75, -0.25], actual);
    }

    [Fact]
    public void Generalized_ThreeTokens()
    {
        double[] advantages = new double[3];
        double[] returns = new double[3];
        GeneralizedAdvantage.Estimate([0, 0, 1], [.5, .6, .7], [true, true, true], 1, .95, advantages, returns);
        Assert.All(new[] { .46575, .385, .3 }.Zip(advantages), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        Assert.All(new[] { .96575, .985, 1 }.Zip(returns), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        Whitening.Apply(advantages, [1, 1, 1]);
        Assert.All(new[] { .991344, .017092, -1.008436 }.Zip(advantages), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void Generalized_ObservationTokens_ArePassedOver()
    {
        double[] advantages = new double[4];
        double[] returns = new double[4];
        GeneralizedAdvantage.Estimate([0, 9, 0, 1], [.5, 8, .6, .7], [true, false, true, true], 1, .95, advantages, returns);
        Assert.All(new[] { .46575, 0, .385, .3 }.Zip(advantages), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void RewardNormalization_TwoRewards()
    {
        double[] actual = new double[4];
        new RewardNormalization().Estimate([[1, 1, 0, 0], [0, 1, 1, 0]], [1, 1], [0, 0, 0, 0], actual);
        Assert.All(new[] { 0, 1.224658, 0, -1.224658 }.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void RewardNormalization_EqualRewards_AreExactlyZero()
    {
        double[] actual = [1, 1, 1, 1, 1];
        new RewardNormalization().Estimate([[0.1, 0.1, 0.1, 0.1, 0.1], [3, 3, 3, -2, -2]], [1, 0.5], [0, 0, 0, 1, 1], actual);
        Assert.All(actual, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(70, 0)]
    [InlineData(90, -0.5)]
    [InlineData(100, -1)]
    public void OverlongPenalty_Lengths(int length, double expected) => Assert.Equal(expected, new OverlongPenalty(100, 20).Of(length), Tolerance);

    [Theory]
    [InlineData(-1, -1, 1)]
    [InlineData(-1, -1.5, 1.6487212707)]
    [InlineData(-1, -9, 2)]
    [InlineData(-2, -1, 0.3678794412)]
    public void TruncatedImportance_IsCappedAbove(double trainer, double sampler, double expected) =>
        Assert.Equal(expected, new TruncatedImportance().Of(trainer, sampler), 1e-9);

    private static double[] Estimate(string name, double[] rewards, int[] groups, int[] lengths)
    {
        double[] advantages = new double[rewards.Length];
        Estimators[name].Estimate(new AdvantageInputs { Reward = rewards, Group = groups, Length = lengths }, advantages);
        return advantages;
    }
}
