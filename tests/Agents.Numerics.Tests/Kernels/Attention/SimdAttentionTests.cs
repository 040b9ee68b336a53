using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Attention;

public sealed unsafe class SimdAttentionTests
{
    [Theory]
    [InlineData(KernelPath.Portable, 4, 2, 64, 37)]
    [InlineData(KernelPath.Avx2, 4, 2, 64, 37)]
    [InlineData(KernelPath.Avx512, 4, 2, 64, 37)]
    [InlineData(KernelPath.Avx512, 4, 2, 64, 130)]
    [InlineData(KernelPath.Avx512, 14, 2, 16, 19)]
    [InlineData(KernelPath.Avx512, 3, 3, 80, 33)]
    [InlineData(KernelPath.Avx512, 4, 2, 6, 21)]
    [InlineData(KernelPath.Avx2, 40, 1, 20, 9)]
    [InlineData(KernelPath.Portable, 1, 1, 4, 1)]
    public void AttendAndBackward_Causal_AgreeWithTheDoubleReference(KernelPath path, int heads, int shared, int size, int rows)
    {
        using VectorKernels vector = new(path, 2);
        CompareWithReference(vector.Kernels, new AttentionShape(heads, shared, size), [rows, 1, (rows / 2) + 3], null);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void AttendAndBackward_ArbitraryMask_AgreeWithTheDoubleReference(KernelPath path)
    {
        using VectorKernels vector = new(path);
        CompareWithReference(vector.Kernels, new AttentionShape(4, 2, 32), [41, 7], (query, key) => ((query * 7) + (key * 5)) % 3 != 0 && query != 5);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Variants), MemberType = typeof(VectorKernels))]
    public void AttendAndBackward_EveryPathAndThreadCount_GivesTheSameBits(KernelPath path, int threads)
    {
        AttentionShape shape = new(6, 2, 64);
        int[] lengths = [53, 1, 18];
        using VectorKernels expectedKernels = new(KernelPath.Portable);
        using VectorKernels actualKernels = new(path, threads);
        using AttentionCase<float> expected = new(shape, lengths);
        using AttentionCase<float> actual = new(shape, lengths);
        using TestMatrix<float> upstream = TestMatrix<float>.Random(72, shape.QueryWidth, 5);
        expected.Forward(expectedKernels.Kernels);
        expected.Backward(expectedKernels.Kernels, upstream);
        actual.Forward(actualKernels.Kernels);
        actual.Backward(actualKernels.Kernels, upstream);
        AssertSameResults(expected, actual);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void Attend_RowByRow_GivesTheBitsOfTheWholePrefill(KernelPath path)
    {
        AttentionShape shape = new(6, 2, 64);
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> whole = new(shape, [75]);
        using AttentionCase<float> steps = new(shape, [75]);
        whole.Forward(vector.Kernels);
        for (int row = 0; row < 75; row++)
        {
            AttentionSegment segment = steps.Segments[0];
            segment.QueryStart = row;
            segment.QueryCount = 1;
            segment.KeyCount = row + 1;
            segment.VisibleOffset = row;
            vector.Kernels.StoreKeysAndValues(steps.Keys.View, steps.Values.View, &segment, 1);
            vector.Kernels.Attend(shape, steps.Queries.View, &segment, 1, steps.Output.View, steps.LogSumExp.Data);
        }

        Assert.Equal(whole.Output.ToArray(), steps.Output.ToArray());
        Assert.Equal(whole.LogSumExp.ToArray(), steps.LogSumExp.ToArray());
    }

    [Fact]
    public void Attend_PrefillInUnevenParts_GivesTheBitsOfTheWholePrefill()
    {
        AttentionShape shape = new(7, 1, 32);
        using VectorKernels vector = new(KernelPath.Auto);
        using AttentionCase<float> whole = new(shape, [90]);
        using AttentionCase<float> parts = new(shape, [90]);
        whole.Forward(vector.Kernels);
        parts.Store(vector.Kernels);
        int row = 0;
        foreach (int count in (int[])[13, 1, 40, 36])
        {
            AttentionSegment segment = parts.Segments[0];
            segment.QueryStart = row;
            segment.QueryCount = count;
            segment.VisibleOffset = row;
            vector.Kernels.Attend(shape, parts.Queries.View, &segment, 1, parts.Output.View, null);
            row += count;
        }

        Assert.Equal(whole.Output.ToArray(), parts.Output.ToArray());
    }

    [Fact]
    public void AttendAndBackward_SegmentAlone_GivesTheBitsOfTheBatch()
    {
        AttentionShape shape = new(4, 2, 64);
        using VectorKernels vector = new(KernelPath.Auto, 2);
        using AttentionCase<float> batch = new(shape, [21, 35, 8]);
        using AttentionCase<float> alone = new(shape, [21, 35, 8]);
        using TestMatrix<float> upstream = TestMatrix<float>.Random(64, shape.QueryWidth, 5);
        batch.Forward(vector.Kernels);
        batch.Backward(vector.Kernels, upstream);
        alone.Store(vector.Kernels);
        for (int i = 0; i < 3; i++)
        {
            vector.Kernels.Attend(shape, alone.Queries.View, alone.Segments + i, 1, alone.Output.View, alone.LogSumExp.Data);
            vector.Kernels.AttendBackward(
                shape, alone.Queries.View, alone.Keys.View, alone.Values.View, alone.Output.View, alone.LogSumExp.Data, alone.Segments + i, 1, upstream.View, alone.DQueries.View, alone.DKeys.View, alone.DValues.View);
        }

        AssertSameResults(batch, alone);
    }

    [Fact]
    public void Attend_CausalRuleWrittenAsMask_GivesTheSameBits()
    {
        AttentionShape shape = new(4, 2, 64);
        using VectorKernels vector = new(KernelPath.Auto);
        using AttentionCase<float> rule = new(shape, [45]);
        using AttentionCase<float> mask = new(shape, [45], (query, key) => key <= query);
        using TestMatrix<float> upstream = TestMatrix<float>.Random(45, shape.QueryWidth, 5);
        rule.Forward(vector.Kernels);
        rule.Backward(vector.Kernels, upstream);
        mask.Forward(vector.Kernels);
        mask.Backward(vector.Kernels, upstream);
        AssertSameResults(rule, mask);
    }

    [Fact]
    public void Attend_NegativeResultThatUnderflows_IsPositiveZero()
    {
        AttentionShape shape = new(1, 1, 18);
        using VectorKernels vector = new(KernelPath.Auto);
        using AttentionCase<float> attention = new(shape, [2], (_, _) => true, scale: 0);
        for (int column = 0; column < 18; column++)
        {
            attention.Values[0, column] = -float.Epsilon;
            attention.Values[1, column] = 0;
        }

        // Half of the smallest number rounds to zero; its sign would depend on masked neighbours.
        attention.Forward(vector.Kernels);
        Assert.All(attention.Output.ToArray(), value => Assert.Equal(0, BitConverter.SingleToInt32Bits(value)));
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void AttendAndBackward_RowWithoutVisibleKeys_GivesZeros(KernelPath path)
    {
        AttentionShape shape = new(4, 2, 32);
        using VectorKernels vector = new(path);
        using AttentionCase<float> attention = new(shape, [19], (query, key) => query != 3 && key <= query && key != 1);
        using TestMatrix<float> upstream = TestMatrix<float>.Random(19, shape.QueryWidth, 5);
        attention.Forward(vector.Kernels);
        attention.Backward(vector.Kernels, upstream);
        for (int column = 0; column < shape.QueryWidth; column++)
        {
            Assert.Equal(0, attention.Output[3, column]);
            Assert.Equal(0, attention.DQueries[3, column]);
        }

        for (int column = 0; column < shape.KeyValueWidth; column++)
        {
            Assert.Equal(0, attention.DKeys[1, column]);
            Assert.Equal(0, attention.DValues[1, column]);
        }

        Assert.Equal(float.NegativeInfinity, attention.LogSumExp[3, 2]);
        Assert.All(attention.DQueries.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void AttendAndBackward_Warm_AllocatesNothing()
    {
        AttentionShape shape = new(4, 2, 64);
        using VectorKernels vector = new(KernelPath.Auto);
        using AttentionCase<float> attention = new(shape, [33, 40]);
        using TestMatrix<float> upstream = TestMatrix<float>.Random(73, shape.QueryWidth, 5);
        attention.Forward(vector.Kernels);
        attention.Backward(vector.Kernels, upstream);
        long before = GC.GetAllocatedBytesForCurrentThread();
        attention.Forward(vector.Kernels);
        attention.Backward(vector.Kernels, upstream);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Attend_TwoCallersAtATime_GiveTheBitsOfOne()
    {
        AttentionShape shape = new(4, 2, 64);
        using VectorKernels vector = new(KernelPath.Auto, 2);
        using AttentionCase<float> alone = new(shape, [33, 40, 9]);
        using AttentionCase<float> first = new(shape, [33, 40, 9]);
        using AttentionCase<float> second = new(shape, [33, 40, 9]);
        alone.Forward(vector.Kernels);
        void Repeat(AttentionCase<float> attention)
        {
            for (int i = 0; i < 50; i++)
            {
                attention.Forward(vector.Kernels);
            }
        }

        Thread other = new(() => Repeat(first));
        other.Start();
        Repeat(second);
        other.Join();
        Assert.Equal(alone.Output.ToArray(), first.Output.ToArray());
        Assert.Equal(alone.Output.ToArray(), second.Output.ToArray());
    }

    private static void CompareWithReference(SimdKernels kernels, AttentionShape shape, int[] lengths, Func<int, int, bool>? visible)
    {
        using AttentionCase<float> actual = new(shape, lengths, visible, padding: 3);
        using AttentionCase<double> expected = new(shape, lengths, visible, padding: 3);
        int rows = lengths.Sum();
        using TestMatrix<float> upstream = TestMatrix<float>.Random(rows, shape.QueryWidth, 5);
        using TestMatrix<double> upstreamDouble = upstream.As<double>();
        ReferenceKernels<double> reference = new();
        actual.Forward(kernels);
        actual.Backward(kernels, upstream);
        expected.Forward(reference);
        expected.Backward(reference, upstreamDouble);

        // Inputs are at most 1. Rounding errors of a chain grow with the root of its length (the guaranteed bound grows with the length and would hide
        // defects); sixteen times that leaves room for all the chains that follow each other.
        double output = 16 * Math.Sqrt(shape.HeadSize) * Tolerance.Unit;
        Tolerance.Within(expected.Output, actual.Output, (_, _) => output);
        Tolerance.Within(expected.LogSumExp, actual.LogSumExp, (_, _) => output);

        // Every head of a group adds to the gradients of its keys and values.
        double gradient = output * shape.Heads / shape.KeyValueHeads;
        Tolerance.Within(expected.DQueries, actual.DQueries, (_, _) => gradient);
        Tolerance.Within(expected.DKeys, actual.DKeys, (_, _) => gradient);
        Tolerance.Within(expected.DValues, actual.DValues, (_, _) => gradient);
    }

    private static void AssertSameResults(AttentionCase<float> expected, AttentionCase<float> actual)
    {
        Assert.Equal(expected.Output.ToArray(), actual.Output.ToArray());
        Assert.Equal(expected.LogSumExp.ToArray(), actual.LogSumExp.ToArray());
        Assert.Equal(expected.DQueries.ToArray(), actual.DQueries.ToArray());
        Assert.Equal(expected.DKeys.ToArray(), actual.DKeys.ToArray());
        Assert.Equal(expected.DValues.ToArray(), actual.DValues.ToArray());
    }
}
