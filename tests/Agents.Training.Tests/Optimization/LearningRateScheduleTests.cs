using Agents.Training.Optimization;

namespace Agents.Training.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(LearningRateShape.Constant, 1.0, 2.0)]
    [InlineData(LearningRateShape.Linear, 1.0, 0.2)]
    [InlineData(LearningRateShape.Cosine, 1.0, 0.2)]
    [InlineData(LearningRateShape.Linear, 0.55, 1.1)]
    [InlineData(LearningRateShape.Cosine, 0.55, 1.1)]
    [InlineData(LearningRateShape.Cosine, 0.325, 1.736396103067893)]
    [InlineData(LearningRateShape.Cosine, 0.05, 1.0)]
    [InlineData(LearningRateShape.Linear, 0.1, 2.0)]
    [InlineData(LearningRateShape.Constant, 0.0, 0.0)]
    [InlineData(LearningRateShape.Cosine, 1.5, 0.2)]
    [InlineData(LearningRateShape.Cosine, -1.0, 0.0)]
    public void At_KnownPoints_GivesTheFormula(LearningRateShape shape, double progress, double expected)
    {
        LearningRateSchedule sut = new() { Peak = 2, WarmUpShare = 0.1, FinalShare = 0.1, Shape = shape };

        Assert.Equal(expected, sut.At(progress), 1e-12);
    }

    [Fact]
    public void AtStep_FirstStep_IsPositiveAndTheLastIsFinal()
    {
        LearningRateSchedule sut = new() { Peak = 1, WarmUpShare = 0.5 };

        Assert.Equal(0.2, sut.AtStep(0, 10), 1e-12);
        Assert.Equal(0.1, sut.AtStep(9, 10), 1e-12);
    }

    [Fact]
    public void At_NoWarmUp_StartsAtThePeak()
    {
        LearningRateSchedule sut = new() { Peak = 3, WarmUpShare = 0 };

        Assert.Equal(3, sut.At(0), 1e-12);
    }

    [Fact]
    public void Validate_SeveralSettingsOutOfRange_NamesAll()
    {
        LearningRateSchedule sut = new() { Peak = double.NaN, WarmUpShare = 1, FinalShare = 2, Shape = (LearningRateShape)9 };

        ArgumentException error = Assert.Throws<ArgumentException>(sut.Validate);

        Assert.All(new[] { "peak", "warm-up", "final share", "shape" }, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }
}
