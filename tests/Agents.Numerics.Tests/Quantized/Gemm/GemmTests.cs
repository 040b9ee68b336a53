using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Quantized.Gemm;

/// <summary>The fast products against the scalar reference, bit for bit, on every path.</summary>
public sealed class GemmTests : IDisposable
{
    private readonly ComputePool _one = new(new ComputePoolOptions { Threads = 1 });
    private readonly ComputePool _three = new(new ComputePoolOptions { Threads = 3 });

    public static TheoryData<ElementType> Types => new(PackedCase.CodeTypes);

    public void Dispose()
    {
        _one.Dispose();
        _three.Dispose();
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_EveryRowCount_EqualsTheReferenceBitForBit(ElementType type)
    {
        List<SimdQuantizedKernels> all = AllPaths(_one);
        int block = BlockOf(type);
        for (int rows = 1; rows <= 35; rows++)
        {
            using GemmCase operands = new(type, rows, 1 + (rows * 7 % 50), block * (1 + (rows % 3)), bias: rows % 2 == 0, padding: rows % 4);
            all.ForEach(operands.AssertExact);
        }

        all.ForEach(kernels => kernels.Dispose());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_EveryDepth_EqualsTheReferenceBitForBit(ElementType type)
    {
        List<SimdQuantizedKernels> all = AllPaths(_one);
        int block = BlockOf(type);
        for (int blocks = 1; blocks <= (block == 32 ? 18 : 4); blocks++)
        {
            using GemmCase operands = new(type, 5, 33, block * blocks);
            all.ForEach(operands.AssertExact);
        }

        all.ForEach(kernels => kernels.Dispose());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_SeveralTilesAndThreads_EqualsTheReferenceBitForBit(ElementType type)
    {
        List<SimdQuantizedKernels> all = AllPaths(_three);
        using GemmCase high = new(type, 259, 19, 512, bias: true);
        all.ForEach(high.AssertExact);
        using GemmCase wide = new(type, 5, 531, 512);
        all.ForEach(wide.AssertExact);
        all.ForEach(kernels => kernels.Dispose());
    }

    [Theory]
    [InlineData(QuantizedKernelPath.Portable)]
    [InlineData(QuantizedKernelPath.Avx2)]
    [InlineData(QuantizedKernelPath.Avx512)]
    [InlineData(QuantizedKernelPath.Assembled)]
    public void Multiply_GroupOfSeveralTypes_EqualsTheReferenceBitForBit(QuantizedKernelPath path)
    {
        using SimdQuantizedKernels kernels = Create(_three, path);
        using GemmCase first = new(ElementType.Q4_K, 20, 65, 512, bias: true);
        using GemmCase second = new(ElementType.Q6_K, 20, 16, 512);
        using GemmCase third = new(ElementType.TQ2_0, 20, 7, 512, bias: true);
        ReferenceQuantizedKernels reference = new();
        reference.Multiply(first.Rows, [second.Product]);
        float[] expectedSecond = ResultOf(second);
        reference.Multiply(first.Rows, [third.Product]);
        float[] expectedThird = ResultOf(third);
        first.Clear();
        second.Clear();
        third.Clear();
        kernels.Multiply(first.Rows, [first.Product, second.Product, third.Product]);
        first.AssertExact("first");
        Assert.Equal(expectedSecond, ResultOf(second));
        Assert.Equal(expectedThird, ResultOf(third));
    }

    [Theory]
    [InlineData(ElementType.Q8_0, 255)]
    [InlineData(ElementType.Q8_0, 127)]
    [InlineData(ElementType.Q8_0, 128)]
    [InlineData(ElementType.Q5_1, 255)]
    [InlineData(ElementType.Q4_1, 255)]
    [InlineData(ElementType.IQ4_NL, 255)]
    [InlineData(ElementType.IQ4_NL, 0)]
    [InlineData(ElementType.Q2_K, 255)]
    [InlineData(ElementType.Q4_K, 255)]
    [InlineData(ElementType.Q5_K, 255)]
    [InlineData(ElementType.Q6_K, 255)]
    [InlineData(ElementType.Q6_K, 128)]
    public unsafe void Multiply_LargestCodes_NeverSaturate(ElementType type, byte value)
    {
        using QuantizedMatrix weight = PackedCase.Constant(type, 16, 512, value);
        using Agents.Numerics.Tests.Kernels.TestMatrix<float> x = new(4, 512);
        for (int column = 0; column < 512; column++)
        {
            (x[0, column], x[1, column], x[2, column], x[3, column]) = (1, -1, column % 2 == 0 ? 1 : -1, column % 32 < 16 ? -1 : 1);
        }

        using Agents.Numerics.Tests.Kernels.TestMatrix<float> expected = new(4, 16);
        using Agents.Numerics.Tests.Kernels.TestMatrix<float> actual = new(4, 16);
        using QuantizedRows rows = new();
        ReferenceQuantizedKernels reference = new();
        reference.Quantize(x.View, IQuantizedKernels.ActivationsOf(type), rows);
        reference.Multiply(rows, [new QuantizedProduct(weight, null, expected.View)]);
        foreach (QuantizedKernelPath path in Enum.GetValues<QuantizedKernelPath>().Where(SimdQuantizedKernels.IsSupported))
        {
            using SimdQuantizedKernels kernels = new(_one, path);
            kernels.Multiply(rows, [new QuantizedProduct(weight, null, actual.View)]);
            Assert.Equal(expected.ToArray(), actual.ToArray());
        }
    }

    [Theory]
    [InlineData(ElementType.Q8_0, 1)]
    [InlineData(ElementType.Q8_0, 16)]
    [InlineData(ElementType.Q4_K, 2)]
    [InlineData(ElementType.Q4_K, 40)]
    public void Multiply_SecondTime_AllocatesNothing(ElementType type, int count)
    {
        using GemmCase operands = new(type, count, 48, 512);
        foreach (SimdQuantizedKernels kernels in AllPaths(_one))
        {
            kernels.Multiply(operands.Rows, [operands.Product]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int run = 0; run < 10; run++)
            {
                kernels.Multiply(operands.Rows, [operands.Product]);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() == before, $"{kernels.Path} allocates.");
            kernels.Dispose();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Multiply_FewRowsWithAWeightLargerThanACache_EqualsTheReferenceBitForBit(int rows)
    {
        using GemmCase operands = new(ElementType.Q8_0, rows, 2100, 512, bias: true);
        foreach (SimdQuantizedKernels kernels in AllPaths(_three))
        {
            operands.AssertExact(kernels);
            kernels.Dispose();
        }
    }

    [Fact]
    public void Multiply_SeveralCallersAtOnce_EqualsTheReferenceBitForBit()
    {
        using SimdQuantizedKernels kernels = new(_three);
        GemmCase[] cases = [.. Enumerable.Range(1, 6).Select(i => new GemmCase(i % 2 == 0 ? ElementType.Q4_K : ElementType.Q8_0, 3 * i, 40 + i, 512))];
        Parallel.ForEach(cases, operands =>
        {
            for (int run = 0; run < 20; run++)
            {
                operands.AssertExact(kernels);
            }
        });
        Array.ForEach(cases, operands => operands.Dispose());
    }

    [Fact]
    public void Multiply_NothingToDo_LeavesResultsAlone()
    {
        using SimdQuantizedKernels kernels = new(_one);
        using QuantizedMatrix weight = PackedCase.Random(ElementType.Q8_0, 3, 32, 1);
        using QuantizedRows rows = new();
        rows.Reset(ActivationFormat.Block32, 0, 32);
        kernels.Multiply(rows, []);
        unsafe
        {
            kernels.Multiply(rows, [new QuantizedProduct(weight, null, new Agents.Numerics.Memory.MatrixView<float>(null, 0, 3))]);
        }
    }

    [Fact]
    public void Multiply_ShapesThatDoNotFit_AreRefused()
    {
        using SimdQuantizedKernels kernels = new(_one);
        using GemmCase operands = new(ElementType.Q8_0, 2, 3, 64);
        using GemmCase other = new(ElementType.Q8_0, 3, 3, 64);
        Assert.Throws<ArgumentException>(() => kernels.Multiply(other.Rows, [operands.Product]));
    }

    [Fact]
    public void Multiply_AfterDispose_IsRefused()
    {
        SimdQuantizedKernels kernels = new(_one);
        using GemmCase operands = new(ElementType.Q8_0, 2, 3, 64);
        kernels.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kernels.Multiply(operands.Rows, [operands.Product]));
    }

    private static List<SimdQuantizedKernels> AllPaths(ComputePool pool) =>
    [
        .. Enum.GetValues<QuantizedKernelPath>()
            .Where(path => path != QuantizedKernelPath.Auto && SimdQuantizedKernels.IsSupported(path))
            .Select(path => new SimdQuantizedKernels(pool, path)),
    ];

    private static int BlockOf(ElementType type) => BlockLayouts.TryGet(type, out BlockLayout layout) ? layout.Elements : 0;

    private static unsafe float[] ResultOf(GemmCase operands)
    {
        QuantizedProduct product = operands.Product;
        return new Span<float>(product.Result.Data, product.Result.Rows * product.Result.Stride).ToArray();
    }

    private static SimdQuantizedKernels Create(ComputePool pool, QuantizedKernelPath path)
    {
        if (!SimdQuantizedKernels.IsSupported(path))
        {
            Assert.Skip($"This machine has no {path}.");
        }

        return new SimdQuantizedKernels(pool, path);
    }
}
