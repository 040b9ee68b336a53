using Agents.Plugins.Malt.Theory;
using Agents.Training.Loss;

namespace Agents.Plugins.Malt.Tests.Theory;

public sealed class CreditTheoryTests
{
    // papers/33 §5, vector 3.
    [Theory]
    [InlineData(3, .8727)]
    [InlineData(5, .5333)]
    [InlineData(10, .2731)]
    [InlineData(30, .0943)]
    public void ValueErrorBound_VectorOfThePaper(int branches, double expected) => Assert.Equal(expected, CreditTheory.ValueErrorBound(7500, branches, .05), 4);

    // papers/33 §5, vector 4.
    [Theory]
    [InlineData(.3, .216)]
    [InlineData(.5, .5)]
    [InlineData(.6, .648)]
    [InlineData(.8, .896)]
    public void PositiveChance_VectorOfThePaper(double value, double expected) => Assert.Equal(expected, CreditTheory.PositiveChance(value, 3), 12);

    [Fact]
    public void PositiveChance_EvenBranching_CountsAnExactHalfAsNegative() => Assert.Equal(.25, CreditTheory.PositiveChance(.5, 2), 12);

    // papers/33 §5, vector 2.
    [Fact]
    public void PreferenceOptimum_VectorOfThePaper()
    {
        double[] optimum = CreditTheory.PreferenceOptimum([.5, .3, .2], [1, 0, 0], .2);

        Assert.Equal([.993307, .004016, .002677], optimum.Select(p => Math.Round(p, 6)));
        Assert.Equal(148.41, optimum[0] / optimum[1] * .3 / .5, 2);
    }

    // papers/33 §6: leaves under one solution are clustered by critique.
    [Fact]
    public void ClusteredVariance_HalfGoodHalfBadCritiques_IsThatOfThePaper()
    {
        Assert.Equal(.0633, CreditTheory.ClusteredVariance([.9, .1], 3), 4);
        Assert.Equal(.0278, CreditTheory.ClusteredVariance([.5], 3), 4);
    }

    // papers/33 §5, vector 2: the loss that the roles are trained with.
    [Fact]
    public void DpoLoss_VectorOfThePaper_HasLossAndSlope()
    {
        Assert.Equal(.616344, DpoValue(.5, -.3), 6);

        const double Step = 1e-5;
        double slope = (DpoValue(.5 + Step, -.3) - DpoValue(.5 - Step, -.3)) / (2 * Step);
        Assert.Equal(.092017, -slope, 6);
    }

    private static double DpoValue(double chosen, double rejected) => DpoVector.Evaluate(new DpoLoss(.2), chosen, rejected);
}
