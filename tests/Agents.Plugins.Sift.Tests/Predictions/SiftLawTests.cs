using Agents.Plugins.Sift.Predictions;

namespace Agents.Plugins.Sift.Tests.Predictions;

public sealed class SiftLawTests
{
    // papers/49 §5 (A).
    [Theory]
    [InlineData(1, 0, 0, 3)]
    [InlineData(0, 1, 0, 6)]
    [InlineData(0, 0, 1, 10)]
    [InlineData(0, 0, 0, 11)]
    [InlineData(.7, .4, .3, 4.746)]
    public void ExpectedCalls_VectorsOfThePaper(double first, double second, double third, double calls) =>
        Assert.Equal(calls, SiftLaw.ExpectedCalls(first, second, third), 12);

    // papers/49 §5 (B).
    [Fact]
    public void Calibration_VectorOfThePaper()
    {
        Assert.Equal(.53333, SiftLaw.AgreementRate(.7, .75, 9), 5);
        Assert.Equal(.984375, SiftLaw.PrecisionOfAgreed(.7, .75, 9), 12);
        Assert.Equal(.861, SiftLaw.StageOneAccuracy(.7, .75, .72, 9), 12);
    }
}
