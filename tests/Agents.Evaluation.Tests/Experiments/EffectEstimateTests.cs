using Agents.Benchmarks.Experiments;

namespace Agents.Evaluation.Tests.Experiments;

public sealed class EffectEstimateTests
{
    [Fact]
    public void Of_KnownAnswers_CountsPairedQuestions()
    {
        EffectEstimate effect = EffectEstimate.Of([("1100", "1111"), ("0010", "0110")]);

        Assert.Equal(8, effect.Questions);
        Assert.Equal(3 / 8.0, effect.Before);
        Assert.Equal(6 / 8.0, effect.After);
        Assert.Equal(3 / 8.0, effect.Difference.Difference, precision: 12);
        Assert.Equal(0.25, effect.Probability, precision: 12); // three gained, none lost: 2 · 2⁻³
    }

    [Fact]
    public void Of_EqualAnswers_HasNoEffect()
    {
        EffectEstimate effect = EffectEstimate.Of([("10110", "10110")]);

        Assert.Equal(0, effect.Difference.Difference);
        Assert.Equal(0, effect.Difference.Interval.Low);
        Assert.Equal(0, effect.Difference.Interval.High);
        Assert.Equal(1, effect.Probability);
    }

    [Fact]
    public void Of_SameGainOnMoreQuestions_NarrowsTheInterval()
    {
        (string Before, string After) few = (string.Concat(Enumerable.Repeat("0011", 25)), string.Concat(Enumerable.Repeat("0111", 25)));
        (string Before, string After) many = (string.Concat(Enumerable.Repeat("0011", 400)), string.Concat(Enumerable.Repeat("0111", 400)));

        EffectEstimate wide = EffectEstimate.Of([few]);
        EffectEstimate narrow = EffectEstimate.Of([many]);

        Assert.Equal(0.25, wide.Difference.Difference, precision: 12);
        Assert.Equal(0.25, narrow.Difference.Difference, precision: 12);
        double Width(EffectEstimate effect) => effect.Difference.Interval.High - effect.Difference.Interval.Low;
        Assert.InRange(Width(wide) / Width(narrow), 3, 5); // √16 = 4
        Assert.True(narrow.Difference.Interval.Low > 0.2);
    }

    [Fact]
    public void Of_PairedAnswers_IsNarrowerThanUnpairedOnes()
    {
        // 60 % and 70 % on the same questions, only gains: the interval is that of the 10 % that changed, not that of two accuracies.
        string before = string.Concat(Enumerable.Repeat("1111110000", 50));
        string after = string.Concat(Enumerable.Repeat("1111111000", 50));

        EffectEstimate effect = EffectEstimate.Of([(before, after)]);

        Assert.InRange(effect.Difference.StandardError, 0.012, 0.015); // √(0.1 · 0.9 / 500) = 0.0134; unpaired 0.030
    }

    [Fact]
    public void Of_Swapped_TurnsTheSign()
    {
        EffectEstimate up = EffectEstimate.Of([("0010110", "0111110")]);
        EffectEstimate down = EffectEstimate.Of([("0111110", "0010110")]);

        Assert.Equal(up.Difference.Difference, -down.Difference.Difference, precision: 12);
        Assert.Equal(up.Probability, down.Probability, precision: 12);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("101", "1010")]
    public void Of_AnswersOfOtherQuestions_Throws(string before, string after) =>
        Assert.Throws<EvaluationException>(() => EffectEstimate.Of([(before, after)]));

    [Fact]
    public void Of_NoSeeds_Throws() => Assert.Throws<EvaluationException>(() => EffectEstimate.Of([]));
}
