using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Plugins.VerbalizedSampling.Typicality;

namespace Agents.Plugins.VerbalizedSampling.Tests.Typicality;

public sealed class TypicalityTests
{
    private static readonly double[] Reference = [.5, .3, .2];

    // papers/51 §5 (A).
    [Theory]
    [InlineData(.6, .2, 4, .865651, .112188, .022161)]
    [InlineData(.57, .1, 6.7, .966383, .031533, .002084)]
    public void Optimum_FlatReward_IsTheSharpenedReference(double alpha, double beta, double gamma, double first, double second, double third)
    {
        double[] optimum = TypicalityLaw.Optimum(Reference, TypicalityLaw.Gamma(alpha, beta));

        Assert.Equal(gamma, TypicalityLaw.Gamma(alpha, beta), 12);
        Assert.Equal([first, second, third], optimum.Select(p => Math.Round(p, 6)));
    }

    [Fact]
    public void Optimum_GammaFour_HasTheEntropyDivergenceAndSlopeOfThePaper()
    {
        double[] optimum = TypicalityLaw.Optimum(Reference, 4);

        Assert.Equal(.45473, Distributions.Entropy(optimum), 5);
        Assert.Equal(.460644, Distributions.KullbackLeibler(Reference, optimum), 6);
        TypicalityEstimate gamma = TypicalityAnalyzer.EstimateGamma([.. Reference.Select(p => Math.Log(p))], [.. optimum.Select(p => Math.Log(p))]);
        Assert.Equal(4, gamma.Value, 10);
        Assert.Equal(0, gamma.StandardError, 6);
        Assert.Equal(3, gamma.Count);
    }

    [Fact]
    public void Optimum_HugeGamma_IsTheArgMaxAndNoUnderflow() => Assert.Equal([1, 0, 0], TypicalityLaw.Optimum([1e-5, 9e-6, 1e-6], 1e5).Select(p => Math.Round(p, 9)));

    [Fact]
    public void Optimum_Reward_OutweighsTypicality()
    {
        double[] optimum = TypicalityLaw.Optimum(Reference, 1, [0, 0, 1], .2);

        Assert.Equal(.2 * Math.Exp(5) / (.8 + (.2 * Math.Exp(5))), optimum[2], 12);
    }

    [Fact]
    public void PreferenceProbability_VectorOfThePaper() => Assert.Equal(.710950, TypicalityLaw.PreferenceProbability(.6, 1.5), 6);

    [Theory]
    [InlineData(.57)]
    [InlineData(0)]
    [InlineData(2.5)]
    public void EstimateAlpha_SimulatedRaters_FindsTheirBias(double alpha)
    {
        SampleStream random = new(51, 1, (ulong)(alpha * 100));
        PreferenceScores[] pairs = new PreferenceScores[20_000];
        for (int i = 0; i < pairs.Length; i++)
        {
            double first = random.NextNormal();
            double second = random.NextNormal();
            bool likes = random.NextUnit() < TypicalityLaw.PreferenceProbability(alpha, first - second);
            pairs[i] = likes ? new PreferenceScores(first * 7, 7, second * 3, 3) : new PreferenceScores(second * 3, 3, first * 7, 7);
        }

        TypicalityEstimate estimate = TypicalityAnalyzer.EstimateAlpha(pairs);

        Assert.InRange(estimate.Value, alpha - (4 * estimate.StandardError), alpha + (4 * estimate.StandardError));
        Assert.InRange(estimate.StandardError, .001, .05);
    }

    [Fact]
    public void EstimateAlpha_SumsInsteadOfMeans_ConfoundsLength()
    {
        // The preferred answer has the better mean and the worse sum in two of three pairs.
        PreferenceScores[] pairs = [new(-10, 10, -6, 3), new(-12, 10, -6, 3), new(-3, 1, -8, 4)];

        Assert.True(TypicalityAnalyzer.EstimateAlpha(pairs).Value > 0);
        Assert.True(TypicalityAnalyzer.EstimateAlpha(pairs, lengthNormalize: false).Value < 0);
    }

    [Fact]
    public void EstimateAlpha_PairsThatAllAgree_AreRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => TypicalityAnalyzer.EstimateAlpha([new(-1, 1, -2, 1), new(-1, 1, -3, 1)]));

        Assert.Contains("2 prefer the likelier", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EstimateGamma_NoisyModel_HasAnErrorThatCoversTheTruth()
    {
        SampleStream random = new(7);
        double[] reference = [.. Enumerable.Range(0, 50).Select(i => -Math.Log(i + 1))];
        double[] aligned = [.. reference.Select(log => (1.8 * log) + (.2 * random.NextNormal()))];

        TypicalityEstimate gamma = TypicalityAnalyzer.EstimateGamma(reference, aligned);

        Assert.InRange(gamma.Value, 1.8 - (4 * gamma.StandardError), 1.8 + (4 * gamma.StandardError));
        Assert.InRange(gamma.StandardError, .01, .1);
    }

    [Fact]
    public void EstimateGamma_NothingToFit_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TypicalityAnalyzer.EstimateGamma([-1], [-1]));
        Assert.Throws<ArgumentException>(() => TypicalityAnalyzer.EstimateGamma([-1, -2], [-1]));
        Assert.Throws<ArgumentException>(() => TypicalityAnalyzer.EstimateGamma([-1, -1], [-1, -2]));
    }
}
