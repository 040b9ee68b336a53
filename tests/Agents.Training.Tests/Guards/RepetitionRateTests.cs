using Agents.Training.Guards;

namespace Agents.Training.Tests.Guards;

public sealed class RepetitionRateTests
{
    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 2, 0)]
    [InlineData(new[] { 1, 1, 1, 1, 1 }, 2, 0.75)]
    [InlineData(new[] { 1, 2, 1, 2, 1 }, 2, 0.5)]
    [InlineData(new[] { 1, 2, 3, 1, 2, 3, 1 }, 3, 0.4)]
    [InlineData(new[] { 7, 7, 8, 7, 7 }, 1, 0.6)]
    public void Of_KnownSequences_CountsRepetitions(int[] tokens, int size, double expected) => Assert.Equal(expected, RepetitionRate.Of(tokens, size), 12);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_TooShortToRepeat_IsNoNumber(int length) => Assert.Equal(double.NaN, RepetitionRate.Of(new int[length], 4));

    [Fact]
    public void Of_OrderInsideTheGram_Matters() => Assert.Equal(0, RepetitionRate.Of([1, 2, 2, 1, 1], 2), 12);

    [Fact]
    public void Of_SizeZero_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => RepetitionRate.Of([1, 2], 0));

    [Fact]
    public void Of_LongSequenceWithoutRepetition_IsZero() => Assert.Equal(0, RepetitionRate.Of([.. Enumerable.Range(0, 4_099)], 4));
}
