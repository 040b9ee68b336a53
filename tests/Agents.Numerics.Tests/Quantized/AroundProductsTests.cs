using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>What the vector kernels do around products of codes, against the reference, bit for bit.</summary>
public sealed unsafe class AroundProductsTests : IDisposable
{
    private readonly ComputePool _pool = new(new ComputePoolOptions { Threads = 3 });
    private readonly ReferenceQuantizedKernels _reference = new();
    private readonly SimdKernels _kernels;

    public AroundProductsTests() => _kernels = new SimdKernels(_pool);

    private IQuantizedKernels Sut => _kernels.Quantized!;

    public void Dispose()
    {
        _kernels.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(ElementType.F16, 1)]
    [InlineData(ElementType.F16, 4)]
    [InlineData(ElementType.BF16, 3)]
    [InlineData(ElementType.BF16, 11)]
    public void Multiply_WideWeights_EqualsTheReference(ElementType type, int rows)
    {
        const int columns = 301;
        using QuantizedMatrix weight = PackedCase.Random(type, 37, columns, 3);
        using AlignedBuffer<float> x = Values(rows * columns);
        using AlignedBuffer<float> bias = Values(37);
        using AlignedBuffer<float> expected = new(rows * 37);
        using AlignedBuffer<float> actual = new(rows * 37);
        MatrixView<float> input = new(x.Data, rows, columns);

        foreach (bool biased in (bool[])[false, true])
        {
            float* added = biased ? bias.Data : null;
            _reference.Multiply(input, [new QuantizedProduct(weight, added, new MatrixView<float>(expected.Data, rows, 37))]);
            Sut.Multiply(input, [new QuantizedProduct(weight, added, new MatrixView<float>(actual.Data, rows, 37))]);
            Assert.True(expected.Span.SequenceEqual(actual.Span));
        }
    }

    [Theory]
    [InlineData(ActivationFormat.Block32, 1)]
    [InlineData(ActivationFormat.Block32WithSum, 50)]
    [InlineData(ActivationFormat.Block256, 50)]
    public void RmsNormQuantize_ManyRows_EqualsNormThenRounding(ActivationFormat format, int rows)
    {
        const int columns = 512;
        using AlignedBuffer<float> x = Values(rows * columns);
        using AlignedBuffer<float> weight = Values(columns);
        using AlignedBuffer<float> normed = new(rows * columns);
        using AlignedBuffer<float> together = new(rows * columns);
        using QuantizedRows expected = new();
        using QuantizedRows actual = new();

        _kernels.RmsNorm(new MatrixView<float>(x.Data, rows, columns), weight.Data, 1e-5f, new MatrixView<float>(normed.Data, rows, columns), null);
        _reference.Quantize(new MatrixView<float>(normed.Data, rows, columns), format, expected);
        Sut.RmsNormQuantize(new MatrixView<float>(x.Data, rows, columns), weight.Data, 1e-5f, new MatrixView<float>(together.Data, rows, columns), null, format, actual);

        Assert.True(normed.Span.SequenceEqual(together.Span));
        Assert.True(new ReadOnlySpan<sbyte>(expected.Codes, rows * columns).SequenceEqual(new ReadOnlySpan<sbyte>(actual.Codes, rows * columns)));
        int blocks = rows * expected.BlocksPerRow;
        Assert.True(new ReadOnlySpan<float>(expected.Scales, blocks).SequenceEqual(new ReadOnlySpan<float>(actual.Scales, blocks)));
        int sums = rows * columns / expected.SumElements;
        Assert.True(new ReadOnlySpan<int>(expected.Sums, sums).SequenceEqual(new ReadOnlySpan<int>(actual.Sums, sums)));
    }

    [Theory]
    [MemberData(nameof(PackedCase.Types), MemberType = typeof(PackedCase))]
    public void Dequantize_ChosenRows_EqualsTheReferenceAndAllocatesNothing(ElementType type)
    {
        using QuantizedMatrix weight = PackedCase.Random(type, 35, 512, 8);
        using AlignedBuffer<float> expected = new(3 * 512);
        using AlignedBuffer<float> actual = new(3 * 512);
        int[] rows = [34, 0, 17];

        _reference.Dequantize(weight, rows, new MatrixView<float>(expected.Data, 3, 512));
        Sut.Dequantize(weight, rows, new MatrixView<float>(actual.Data, 3, 512));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sut.Dequantize(weight, rows, new MatrixView<float>(actual.Data, 3, 512));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected.Data[i], actual.Data[i]);
        }
    }

    private static AlignedBuffer<float> Values(int count)
    {
        AlignedBuffer<float> values = new(count);
        for (int i = 0; i < count; i++)
        {
            values.Data[i] = MathF.Sin(i * 0.7f) * (1 + (i % 5));
        }

        return values;
    }
}
