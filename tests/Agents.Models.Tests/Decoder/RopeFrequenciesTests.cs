using Agents.Models.Decoder;

namespace Agents.Models.Tests.Decoder;

/// <summary>Values of papers/00-model-architecture §13.</summary>
public sealed class RopeFrequenciesTests
{
    [Theory]
    [InlineData(128, 8, 28, 0.003211446)]
    [InlineData(128, 8, 29, 0.0021665708)]
    [InlineData(128, 8, 31, 0.00085675141)]
    [InlineData(128, 8, 34, 0.00017850781)]
    [InlineData(64, 32, 15, 0.0012905479)]
    [InlineData(64, 32, 16, 0.0004295568)]
    [InlineData(64, 32, 17, 9.7082878e-5)]
    public void Compute_Llama3_MatchesThePrintedValues(int headSize, double factor, int pair, double expected)
    {
        double[] frequencies = RopeFrequencies.Compute(500_000, new RopeScaling(RopeScalingKind.Llama3, factor), headSize);

        Assert.Equal(expected, frequencies[pair], Math.Abs(expected) * 2e-7);
    }

    [Theory]
    [InlineData(128, 8, 35)]
    [InlineData(64, 32, 18)]
    public void Compute_Llama3_DividesTheLowFrequencies(int headSize, double factor, int first)
    {
        double[] plain = RopeFrequencies.Compute(500_000, RopeScaling.None, headSize);
        double[] scaled = RopeFrequencies.Compute(500_000, new RopeScaling(RopeScalingKind.Llama3, factor), headSize);

        for (int pair = first; pair < headSize / 2; pair++)
        {
            Assert.Equal(plain[pair] / factor, scaled[pair]);
        }
    }

    [Fact]
    public void Compute_Divisors_EqualsTheRuleTheyCameFrom()
    {
        double[] plain = RopeFrequencies.Compute(500_000, RopeScaling.None, 64);
        double[] rule = RopeFrequencies.Compute(500_000, new RopeScaling(RopeScalingKind.Llama3, 32), 64);
        float[] divisors = [.. plain.Zip(rule, (p, r) => (float)(p / r))];

        double[] divided = RopeFrequencies.Compute(500_000, new RopeScaling(RopeScalingKind.Divisors, Divisors: divisors), 64);

        Assert.Equal(1.651329f, divisors[15], 1e-5f);
        for (int pair = 0; pair < 32; pair++)
        {
            Assert.Equal(rule[pair], divided[pair], rule[pair] * 1e-7);
        }
    }

    [Fact]
    public void Compute_Linear_DividesEverything()
    {
        double[] plain = RopeFrequencies.Compute(10_000, RopeScaling.None, 10);
        double[] scaled = RopeFrequencies.Compute(10_000, new RopeScaling(RopeScalingKind.Linear, 4), 10);

        Assert.Equal(plain.Select(value => value / 4), scaled);
    }

    [Fact]
    public void Compute_Yarn_KeepsFastPairsAndInterpolatesSlowOnes()
    {
        RopeScaling yarn = new(RopeScalingKind.Yarn, 4, 32_768);
        double[] plain = RopeFrequencies.Compute(1_000_000, RopeScaling.None, 128);

        double[] scaled = RopeFrequencies.Compute(1_000_000, yarn, 128);

        // Bounds by the formula: floor(128·ln(32768/(64π))/(2 ln 1e6)) = 23, ceil(128·ln(32768/(2π))/(2 ln 1e6)) = 40.
        Assert.Equal(plain[..24], scaled[..24]);
        Assert.Equal(plain[40..].Select(value => value / 4), scaled[40..]);
        Assert.InRange(scaled[30], plain[30] / 4, plain[30]);
        Assert.Equal((0.1 * Math.Log(4)) + 1, RopeFrequencies.Magnitude(yarn));
        Assert.Equal(1, RopeFrequencies.Magnitude(RopeScaling.None));
    }

    [Fact]
    public void RopeTable_Yarn_ScalesCosinesAndSines()
    {
        using RopeTable<double> table = new(10_000, new RopeScaling(RopeScalingKind.Yarn, 4, 128), 8, 3);

        Assert.Equal((0.1 * Math.Log(4)) + 1, FirstOf(table), 1e-15);
    }

    [Fact]
    public void Compute_BadInput_SaysWhatIsExpected()
    {
        Assert.Throws<ArgumentException>(() => RopeFrequencies.Compute(10_000, RopeScaling.None, 7));
        Assert.Throws<ArgumentException>(() => RopeFrequencies.Compute(1, RopeScaling.None, 8));
        Assert.Throws<ArgumentException>(() => RopeFrequencies.Compute(10_000, new RopeScaling(RopeScalingKind.Linear, 0), 8));
        Assert.Throws<ArgumentException>(() => RopeFrequencies.Compute(10_000, new RopeScaling(RopeScalingKind.Divisors, Divisors: [1, 2]), 8));
        Assert.Throws<ArgumentException>(() => RopeFrequencies.Compute(10_000, new RopeScaling(RopeScalingKind.Llama3, 8, LowFactor: 4), 8));
    }

    private static unsafe double FirstOf(RopeTable<double> table) => table.CosSin.Data[0];
}
