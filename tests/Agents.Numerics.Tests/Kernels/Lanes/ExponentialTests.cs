using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Tests.Kernels.Lanes;

public sealed unsafe class ExponentialTests
{
    [Fact]
    public void Of_OverTheUsefulRange_IsWithinTwoUnitsInTheLastPlace()
    {
        double worst = 0;
        for (float x = -87f; x <= 88f; x += 0.00137f)
        {
            double exact = Math.Exp(x);
            float result = Exponential.Of(x);
            double unit = MathF.BitIncrement((float)exact) - (float)exact;
            worst = Math.Max(worst, Math.Abs(result - exact) / unit);
        }

        Assert.True(worst <= 2, $"Largest error: {worst} units.");
    }

    [Fact]
    public void OfDouble_OverTheUsefulRange_IsWithinTwoUnitsInTheLastPlace()
    {
        double worst = 0;
        for (double x = -700; x <= 700; x += 0.00937)
        {
            double exact = Math.Exp(x);
            worst = Math.Max(worst, Math.Abs(Exponential.OfDouble(x) - exact) / (Math.BitIncrement(exact) - exact));
        }

        Assert.True(worst <= 2, $"Largest error: {worst} units.");
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-1000f, 0f)]
    [InlineData(-88f, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(1e30f, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Of_SpecialValues_AreExact(float x, float expected)
    {
        Assert.Equal(expected, Exponential.Of(x));
        Assert.Equal(expected, (float)Exponential.OfDouble(x * 10.0));
    }

    [Fact]
    public void Of_JustBelowOverflow_IsFinite()
    {
        float result = Exponential.Of(88.7228f);
        Assert.True(float.IsFinite(result));
        Assert.Equal(Math.Exp(88.7228f), result, 1e32);
    }

    [Fact]
    public void Of_EveryWidth_GivesTheSameBits()
    {
        Assert.SkipUnless(Avx512F.IsSupported && Fma.IsSupported, "This machine does not support AVX-512.");
        float* input = stackalloc float[16];
        float* wide = stackalloc float[16];
        float* middle = stackalloc float[16];
        for (float start = -90; start < 90; start += 0.731f)
        {
            for (int lane = 0; lane < 16; lane++)
            {
                input[lane] = start + (lane * 0.0457f);
            }

            Lanes512.Store(Exponential.Of(Lanes512.Load(input)), wide);
            Lanes256.Store(Exponential.Of(Lanes256.Load(input)), middle);
            for (int lane = 0; lane < 16; lane++)
            {
                Assert.Equal(Exponential.Of(input[lane]), wide[lane]);
                Assert.Equal(wide[lane], middle[lane]);
            }
        }
    }
}
