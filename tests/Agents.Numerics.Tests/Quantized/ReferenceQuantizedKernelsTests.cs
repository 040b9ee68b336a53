using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Tests.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>The reference against products of decoded numbers in double precision.</summary>
public sealed unsafe class ReferenceQuantizedKernelsTests
{
    public static TheoryData<ElementType> Types => PackedCase.Types;

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_RandomBlocks_IsNearTheProductOfDecodedNumbers(ElementType type)
    {
        const int Rows = 3;
        const int Outputs = 21;
        const int Columns = 512;
        ReferenceQuantizedKernels kernels = new();
        using QuantizedMatrix weight = PackedCase.Random(type, Outputs, Columns, 5);
        using TestMatrix<float> decoded = new(Outputs, Columns);
        kernels.Dequantize(weight, [.. Enumerable.Range(0, Outputs)], decoded.View);
        using TestMatrix<float> x = TestMatrix<float>.Random(Rows, Columns, 7);
        using TestMatrix<float> bias = TestMatrix<float>.Random(1, Outputs, 8);
        using TestMatrix<float> result = new(Rows, Outputs, padding: 3);
        using QuantizedRows rows = new();
        QuantizedProduct product = new(weight, bias.Data, result.View);
        ActivationFormat format = IQuantizedKernels.ActivationsOf(type);
        if (format == ActivationFormat.Single)
        {
            kernels.Multiply(x.View, [product]);
        }
        else
        {
            kernels.Quantize(x.View, format, rows);
            kernels.Multiply(rows, [product]);
        }

        for (int row = 0; row < Rows; row++)
        {
            for (int output = 0; output < Outputs; output++)
            {
                double expected = 0;
                double magnitude = 0;
                for (int k = 0; k < Columns; k++)
                {
                    double activation = format == ActivationFormat.Single
                        ? x[row, k]
                        : (double)rows.Codes[(row * Columns) + k] * rows.Scales[((row * Columns) + k) / rows.BlockElements];
                    expected += activation * decoded[output, k];
                    magnitude += Math.Abs(activation * decoded[output, k]);
                }

                // Sums that were rounded to half are off by up to 2^-11 of themselves.
                double relative = format == ActivationFormat.Block32WithSum ? 1.0 / 1024 : 1e-5;
                double error = Math.Abs(result[row, output] - (expected + bias[0, output]));
                Assert.True(error <= relative * magnitude, $"{type} ({row}, {output}): expected {expected + bias[0, output]}, got {result[row, output]}.");
            }
        }

        result.AssertPaddingUntouched();
    }

    [Fact]
    public void Multiply_OffsetVectorOfThePaper_GivesMinusOne()
    {
        // Codes 3, −2, 7, −8 (stored as 11, 6, 15, 0) times 5, −1, 2, 4; the largest activation 127 meets a weight of 0.
        byte[] stored = new byte[18];
        BitConverter.TryWriteBytes(stored, (Half)1);
        stored.AsSpan(2).Fill(0x88);
        (stored[2], stored[3], stored[4], stored[5]) = (0x8b, 0x86, 0x8f, 0x80);
        using QuantizedMatrix weight = PackedCase.Of(ElementType.Q4_0, 32, stored);
        using TestMatrix<float> x = new(1, 32);
        (x[0, 0], x[0, 1], x[0, 2], x[0, 3], x[0, 31]) = (5, -1, 2, 4, 127);
        using TestMatrix<float> result = new(1, 1);
        using QuantizedRows rows = new();
        ReferenceQuantizedKernels kernels = new();
        kernels.Quantize(x.View, ActivationFormat.Block32, rows);
        kernels.Multiply(rows, [new QuantizedProduct(weight, null, result.View)]);
        Assert.Equal(-1f, result[0, 0]);
    }

    [Theory]
    [InlineData(ActivationFormat.Block32)]
    [InlineData(ActivationFormat.Block32WithSum)]
    [InlineData(ActivationFormat.Block256)]
    public void RmsNormQuantize_HasTheBitsOfBothSteps(ActivationFormat format)
    {
        const int Rows = 3;
        const int Columns = 768;
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        using SimdKernels simd = new(pool);
        ReferenceQuantizedKernels kernels = new();
        using TestMatrix<float> x = TestMatrix<float>.Random(Rows, Columns, 3, padding: 5);
        using TestMatrix<float> weight = TestMatrix<float>.Random(1, Columns, 4);
        using TestMatrix<float> expected = new(Rows, Columns);
        using TestMatrix<float> normed = new(Rows, Columns, padding: 2);
        using TestMatrix<float> inverse = new(2, Rows);
        using QuantizedRows expectedRows = new();
        using QuantizedRows rows = new();
        simd.RmsNorm(x.View, weight.Data, 1e-6f, expected.View, inverse.Data);
        kernels.Quantize(expected.View, format, expectedRows);
        kernels.RmsNormQuantize(x.View, weight.Data, 1e-6f, normed.View, inverse.Data + Rows, format, rows);
        Assert.Equal(expected.ToArray(), normed.ToArray());
        Assert.Equal(new Span<float>(inverse.Data, Rows), new Span<float>(inverse.Data + Rows, Rows));
        RoundedRows.AssertEqual(expectedRows, rows);
    }

    [Fact]
    public void Multiply_FormatOfAnotherType_SaysWhichIsNeeded()
    {
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q4_1, 16, 32, 1);
        using TestMatrix<float> result = new(1, 16);
        using QuantizedRows rows = new();
        rows.Reset(ActivationFormat.Block32, 1, 32);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new ReferenceQuantizedKernels().Multiply(rows, [new QuantizedProduct(weight, null, result.View)]));
        Assert.Contains(nameof(ActivationFormat.Block32WithSum), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Multiply_ShapesThatDoNotFit_AreRefused()
    {
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q8_0, 16, 64, 1);
        using TestMatrix<float> result = new(1, 16);
        using QuantizedRows rows = new();
        rows.Reset(ActivationFormat.Block32, 1, 32);
        Assert.Throws<ArgumentException>(() => new ReferenceQuantizedKernels().Multiply(rows, [new QuantizedProduct(weight, null, result.View)]));
        rows.Reset(ActivationFormat.Block32, 2, 64);
        Assert.Throws<ArgumentException>(() => new ReferenceQuantizedKernels().Multiply(rows, [new QuantizedProduct(weight, null, result.View)]));
    }

    [Fact]
    public void Dequantize_RowOutsideTheMatrix_IsRefused()
    {
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q8_0, 16, 64, 1);
        using TestMatrix<float> target = new(1, 64);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReferenceQuantizedKernels().Dequantize(weight, [16], target.View));
    }
}
