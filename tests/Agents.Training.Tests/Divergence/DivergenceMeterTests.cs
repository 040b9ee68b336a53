using Agents.Training.Divergence;

namespace Agents.Training.Tests.Divergence;

public sealed class DivergenceMeterTests
{
    [Theory]
    [InlineData(-1, -1.5, 0.5, 0.125, 0.106531)]
    [InlineData(-2, -1, -1, 0.5, 0.718282)]
    public void Report_PublishedVectors_Agree(double first, double second, double k1, double k2, double k3)
    {
        DivergenceMeter sut = new();
        sut.Add(first, second);

        Assert.Equal(k1, sut.Report.K1, 1e-6);
        Assert.Equal(k2, sut.Report.K2, 1e-6);
        Assert.Equal(k3, sut.Report.K3, 1e-6);
        Assert.Equal(Math.Exp(Math.Abs(k1)), sut.Report.MaximumRatio, 1e-9);
    }

    [Fact]
    public void Report_EqualPolicies_IsNothing()
    {
        DivergenceMeter sut = new();
        sut.Add(-1, -1);
        sut.Add(-5, -5);

        Assert.Equal(new DivergenceReport(2, 0, 0, 0, 1, 1), sut.Report);
        Assert.Equal(new DivergenceReport(0, 0, 0, 0, 1, 1), new DivergenceMeter().Report);
    }

    [Fact]
    public void Report_OneTokenCarriesAllWeight_HasFewEffectiveSamples()
    {
        DivergenceMeter sut = new();
        sut.Add(-10, -1);
        sut.Add(-1, -10);
        sut.Add(-1, -10);

        Assert.Equal(1.0 / 3, sut.Report.EffectiveSampleShare, 1e-3);
    }

    [Theory]
    [InlineData(double.NaN, -1)]
    [InlineData(-1, double.NegativeInfinity)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity)]
    public void Add_NoNumber_CountsAsTheLargestDivergence(double first, double second)
    {
        DivergenceMeter sut = new();
        sut.Add(first, second);

        Assert.True(sut.Report.MaximumRatio > 1e20);
        Assert.True(double.IsFinite(sut.Report.K3));
    }
}
