using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Quantized;
using Agents.Numerics.Tests.Quantized;

namespace Agents.Numerics.Tests.Kernels.Matrix;

/// <summary>dX = dY · W over weights that stay packed, against the scalar chain over their decoded rows.</summary>
public sealed unsafe class StoredProductTests
{
    private static readonly ReferenceKernels<float> s_reference = new();
    private static readonly ReferenceQuantizedKernels s_decoder = new();

    /// <summary>Every path, with rows, outputs and inputs of the weight; outputs that end inside panels of 16 and 32, few rows, several blocks of k.</summary>
    public static TheoryData<KernelPath, int, int, int, int> Cases
    {
        get
        {
            TheoryData<KernelPath, int, int, int, int> cases = [];
            foreach ((int rows, int outputs, int inputs) in new[] { (1, 1, 32), (3, 17, 64), (5, 300, 96), (13, 33, 32), (12, 270, 160), (29, 515, 64), (40, 100, 4160) })
            {
                cases.Add(KernelPath.Portable, 2, rows, outputs, inputs);
                cases.Add(KernelPath.Avx2, 1, rows, outputs, inputs);
                cases.Add(KernelPath.Avx512, 1, rows, outputs, inputs);
                cases.Add(KernelPath.Avx512, 3, rows, outputs, inputs);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryMultiplyByStored_Q80_HasTheBitsOfTheProductWithDecodedRows(KernelPath path, int threads, int rows, int outputs, int inputs)
    {
        using VectorKernels kernels = new(path, threads);
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q8_0, outputs, inputs, seed: outputs);
        using TestMatrix<float> decoded = new(outputs, inputs);
        s_decoder.Dequantize(weight, [.. Enumerable.Range(0, outputs)], decoded.View);
        using TestMatrix<float> a = TestMatrix<float>.Random(rows, outputs, 5, padding: 3);
        foreach (bool accumulate in (bool[])[false, true])
        {
            using TestMatrix<float> expected = TestMatrix<float>.Random(rows, inputs, 6);
            using TestMatrix<float> actual = TestMatrix<float>.Random(rows, inputs, 6, padding: 2);
            s_reference.Multiply(a.View, decoded.View, expected.View, accumulate);

            Assert.True(kernels.Kernels.TryMultiplyByStored(a.View, weight, actual.View, accumulate));

            Assert.Equal(Array.ConvertAll(expected.ToArray(), BitConverter.SingleToInt32Bits), Array.ConvertAll(actual.ToArray(), BitConverter.SingleToInt32Bits));
            actual.AssertPaddingUntouched();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryMultiplyByPacked_HasTheBitsOfTheProductWithRows(KernelPath path, int threads, int rows, int outputs, int inputs)
    {
        using VectorKernels kernels = new(path, threads);
        using TestMatrix<float> weight = TestMatrix<float>.Random(outputs, inputs - 7, 4);
        using PackedMatrix<float> packed = kernels.Kernels.Pack(weight.View);
        using TestMatrix<float> a = TestMatrix<float>.Random(rows, outputs, 5, padding: 3);
        foreach (bool accumulate in (bool[])[false, true])
        {
            using TestMatrix<float> expected = TestMatrix<float>.Random(rows, inputs - 7, 6);
            using TestMatrix<float> actual = TestMatrix<float>.Random(rows, inputs - 7, 6, padding: 2);
            s_reference.Multiply(a.View, weight.View, expected.View, accumulate);

            Assert.True(kernels.Kernels.TryMultiplyByPacked(a.View, packed, actual.View, accumulate));

            Assert.Equal(Array.ConvertAll(expected.ToArray(), BitConverter.SingleToInt32Bits), Array.ConvertAll(actual.ToArray(), BitConverter.SingleToInt32Bits));
            actual.AssertPaddingUntouched();
        }
    }

    [Fact]
    public void TryMultiplyByStored_AnotherFormat_IsLeftToTheCaller()
    {
        using VectorKernels kernels = new(KernelPath.Auto);
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q6_K, 16, 256, seed: 1);
        using TestMatrix<float> a = TestMatrix<float>.Random(2, 16, 5);
        using TestMatrix<float> c = TestMatrix<float>.Random(2, 256, 6);
        float[] before = c.ToArray();

        Assert.False(kernels.Kernels.TryMultiplyByStored(a.View, weight, c.View, accumulate: false));
        Assert.Equal(before, c.ToArray());
    }

    [Fact]
    public void TryMultiply_ShapesThatDoNotFit_AreRefused()
    {
        using VectorKernels kernels = new(KernelPath.Auto);
        using QuantizedMatrix stored = PackedCase.Random(ElementType.Q8_0, 16, 64, seed: 1);
        using TestMatrix<float> weight = TestMatrix<float>.Random(16, 64, 4);
        using PackedMatrix<float> packed = kernels.Kernels.Pack(weight.View);
        using TestMatrix<float> a = TestMatrix<float>.Random(2, 15, 5);
        using TestMatrix<float> c = new(2, 64);

        Assert.Throws<ArgumentException>(() => kernels.Kernels.TryMultiplyByStored(a.View, stored, c.View, accumulate: false));
        Assert.Throws<ArgumentException>(() => kernels.Kernels.TryMultiplyByPacked(a.View, packed, c.View, accumulate: false));
    }
}
