using Agents.Numerics.Quantized;
using Agents.Numerics.Tests.Kernels;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Rounding of activations by the reference: scales, ties, sums and values at the edge of single precision.</summary>
public sealed unsafe class ActivationRoundingTests
{
    [Fact]
    public void Quantize_Block32_ScalesTheLargestMagnitudeTo127()
    {
        using QuantizedRows rows = Round(ActivationFormat.Block32, Values(32, (0, -254), (1, 254), (2, 3), (3, 5)));
        Assert.Equal([-127, 127, 2, 2], Codes(rows, 4));
        Assert.Equal(2f, rows.Scales[0]);
        Assert.Equal(4, rows.Sums[0]);
    }

    [Fact]
    public void Quantize_Block32_RoundsTheScaleToHalf()
    {
        using QuantizedRows rows = Round(ActivationFormat.Block32, Values(32, (7, 1)));
        Assert.Equal((float)(Half)(1f / 127), rows.Scales[0]);
        Assert.Equal(127, rows.Codes[7]);
    }

    [Fact]
    public void Quantize_Block32WithSum_RoundsTheProductOfUnroundedScaleAndSumToHalf()
    {
        using QuantizedRows rows = Round(ActivationFormat.Block32WithSum, Values(32, (0, 1), (1, 0.5), (2, 0.25)));
        float d = 1f / 127;
        Assert.Equal([127, 64, 32], Codes(rows, 3));
        Assert.Equal((float)(Half)(d * 223), rows.ScaledSums[0]);
    }

    [Fact]
    public void Quantize_Block256_TakesTheSignOfTheFirstLargestValue()
    {
        using QuantizedRows rows = Round(ActivationFormat.Block256, Values(256, (3, -127), (4, 127), (200, 2.5), (201, 3.5)));
        Assert.Equal(-127 / -127f, rows.Scales[0]);
        Assert.Equal([-127, 127], [(int)rows.Codes[3], rows.Codes[4]]);
        Assert.Equal([2, 4], [(int)rows.Codes[200], rows.Codes[201]]);
        Assert.Equal(6, rows.Sums[12]);
    }

    [Fact]
    public void Quantize_Block256_PositiveLargestValueGivesANegativeScale()
    {
        using QuantizedRows rows = Round(ActivationFormat.Block256, Values(256, (0, 127), (255, 1)));
        Assert.Equal(-1f, rows.Scales[0]);
        Assert.Equal([-127, -1], [(int)rows.Codes[0], rows.Codes[255]]);
        Assert.Equal([-127, -1], [rows.Sums[0], rows.Sums[15]]);
    }

    [Theory]
    [InlineData(ActivationFormat.Block32, 0)]
    [InlineData(ActivationFormat.Block32WithSum, 0)]
    [InlineData(ActivationFormat.Block256, 0)]
    [InlineData(ActivationFormat.Block32, 1e-44)]
    [InlineData(ActivationFormat.Block32WithSum, 1e-44)]
    [InlineData(ActivationFormat.Block256, 1e-44)]
    public void Quantize_NothingButZerosOrTinyValues_GivesZeros(ActivationFormat format, double value)
    {
        using QuantizedRows rows = Round(format, Values(256, (1, -value), (2, value)));
        Assert.All(Codes(rows, 256), code => Assert.Equal(0, code));
        Assert.Equal(0f, rows.Scales[0]);
        Assert.Equal(0, rows.Sums[0]);
    }

    [Theory]
    [InlineData(ActivationFormat.Block32, float.NaN)]
    [InlineData(ActivationFormat.Block32, float.PositiveInfinity)]
    [InlineData(ActivationFormat.Block32WithSum, float.NegativeInfinity)]
    [InlineData(ActivationFormat.Block32WithSum, float.NaN)]
    [InlineData(ActivationFormat.Block256, float.NaN)]
    [InlineData(ActivationFormat.Block256, float.NegativeInfinity)]
    public void Quantize_ValueThatIsNotFinite_PoisonsItsBlockOnly(ActivationFormat format, float value)
    {
        using QuantizedRows rows = Round(format, Values(512, (0, 1), (17, value), (256, 1)));
        Assert.True(float.IsNaN(rows.Scales[0]));
        Assert.All(Codes(rows, 32), code => Assert.Equal(0, code));
        Assert.Equal(127, Math.Abs((int)rows.Codes[256]));
        Assert.True(float.IsFinite(rows.Scales[rows.BlocksPerRow / 2]));
        if (format == ActivationFormat.Block32WithSum)
        {
            Assert.True(float.IsNaN(rows.ScaledSums[0]));
        }
    }

    [Theory]
    [InlineData(ActivationFormat.Block32)]
    [InlineData(ActivationFormat.Block256)]
    public void Quantize_LargestSingles_KeepsCodesInRange(ActivationFormat format)
    {
        using QuantizedRows rows = Round(format, Values(256, (0, float.MaxValue), (1, float.MinValue), (2, float.MaxValue / 2)));
        Assert.Equal(127, Math.Abs((int)rows.Codes[0]));
        Assert.Equal(-rows.Codes[0], rows.Codes[1]);
        Assert.Equal(format == ActivationFormat.Block32, float.IsInfinity(rows.Scales[0]));
    }

    private static TestMatrix<float> Values(int columns, params ReadOnlySpan<(int Place, double Value)> values)
    {
        TestMatrix<float> matrix = new(1, columns);
        foreach ((int place, double value) in values)
        {
            matrix[0, place] = (float)value;
        }

        return matrix;
    }

    private static QuantizedRows Round(ActivationFormat format, TestMatrix<float> values)
    {
        QuantizedRows rows = new();
        using (values)
        {
            new ReferenceQuantizedKernels().Quantize(values.View, format, rows);
        }

        return rows;
    }

    private static int[] Codes(QuantizedRows rows, int count) => Array.ConvertAll(new Span<sbyte>(rows.Codes, count).ToArray(), code => (int)code);
}
