using Agents.Plugins.Auto.Certainty;

namespace Agents.Plugins.Auto.Tests.Certainty;

public sealed class ThresholdCalibrationTests
{
    // From certain to uncertain: right, right, wrong, right, wrong.
    private static readonly CertaintyObservation[] Seen = [new(.9, true), new(.8, true), new(.6, false), new(.5, true), new(.2, false)];

    [Theory]
    [InlineData(1.0, .8, .4, 1.0, 1 + (.6 * 3))]
    [InlineData(.75, .5, .8, .75, 1 + (.2 * 3))]
    [InlineData(.6, .2, 1.0, .6, 1)]
    public void ForAccuracy_TakesTheLowestThresholdThatIsGoodEnough(double wanted, double threshold, double accepted, double accuracy, double cost)
    {
        ThresholdChoice choice = ThresholdCalibration.ForAccuracy(Seen, wanted);

        Assert.Equal((threshold, accepted, accuracy), (choice.Threshold!.Value, choice.Accepted, choice.Accuracy));
        Assert.Equal(cost, choice.ExpectedCost, 12);
    }

    [Fact]
    public void ForAccuracy_NothingIsGoodEnough_AcceptsNothing()
    {
        ThresholdChoice choice = ThresholdCalibration.ForAccuracy([new(.9, false), new(.1, true)], .9, first: 2, further: 5);

        Assert.Equal(new ThresholdChoice(null, 0, 0, 7), choice);
    }

    [Fact]
    public void ForAccuracy_EqualCertainties_StandOrFallTogether()
    {
        ThresholdChoice choice = ThresholdCalibration.ForAccuracy([new(.7, true), new(.7, false), new(.7, true), new(.1, false)], .6);

        Assert.Equal((.7, .75, 2.0 / 3), (choice.Threshold!.Value, choice.Accepted, choice.Accuracy));
    }

    [Fact]
    public void ForAccuracy_StandardErrors_AskForMore()
    {
        CertaintyObservation[] many = [.. Enumerable.Range(0, 100).Select(i => new CertaintyObservation(i / 100.0, i % 10 != 0))];

        double plain = ThresholdCalibration.ForAccuracy(many, .88).Accepted;
        double careful = ThresholdCalibration.ForAccuracy(many, .88, standardErrors: 2).Accepted;

        Assert.True(careful < plain, $"{careful} < {plain}");
    }

    [Theory]
    [InlineData(1.0, .2)]
    [InlineData(1.6, .5)]
    [InlineData(2.0, .5)]
    [InlineData(2.2, .6)]
    [InlineData(3.4, .9)]
    public void ForCost_TakesTheStrictestThresholdThatCanBePaid(double cost, double threshold)
    {
        ThresholdChoice choice = ThresholdCalibration.ForCost(Seen, cost + 1e-9);

        Assert.Equal(threshold, choice.Threshold);
        Assert.True(choice.ExpectedCost <= cost + 1e-9);
    }

    [Fact]
    public void ForCost_EverythingCanBePaid_AcceptsNothing() => Assert.Null(ThresholdCalibration.ForCost(Seen, 4).Threshold);

    [Fact]
    public void Calibration_OfNothingOrOfNoNumbers_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ThresholdCalibration.ForAccuracy([], .5));
        Assert.Throws<ArgumentException>(() => ThresholdCalibration.ForAccuracy([new(double.NaN, true)], .5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ThresholdCalibration.ForAccuracy(Seen, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ThresholdCalibration.ForCost(Seen, 0.5));
    }
}
