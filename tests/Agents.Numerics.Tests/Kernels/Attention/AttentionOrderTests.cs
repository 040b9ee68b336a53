using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Attention;

/// <summary>Long rows: ranges of 512 keys are joined in one order, however the work was cut.</summary>
public sealed unsafe class AttentionOrderTests
{
    private const int Long = 1100;

    [Fact]
    public void Attend_TwoRanges_JoinAsInThePaper()
    {
        // papers/00-cpu-kernels §9: scores [1, 2] with values [1, 3] and [0, 3] with [2, -1], here in two ranges of keys.
        using AttentionCase<double> attention = Vector<double>();
        attention.Forward(new ReferenceKernels<double>());

        Assert.Equal(0.217995719684, attention.Output[513, 0], 12);
        Assert.Equal(3 + Math.Log(1.553001792776), attention.LogSumExp[513, 0], 12);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void Attend_TwoRangesInFloats_JoinAsInThePaper(KernelPath path)
    {
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> attention = Vector<float>();
        attention.Forward(vector.Kernels);

        Assert.Equal(0.217995719684, attention.Output[513, 0], 1e-6);
        Assert.Equal(3 + Math.Log(1.553001792776), attention.LogSumExp[513, 0], 1e-6);
    }

    [Theory]
    [InlineData(KernelPath.Portable, 4, 2, 20)]
    [InlineData(KernelPath.Avx2, 6, 2, 64)]
    [InlineData(KernelPath.Avx512, 14, 2, 64)]
    [InlineData(KernelPath.Avx512, 3, 3, 33)]
    public void Attend_LongRows_AgreeWithTheDoubleReference(KernelPath path, int heads, int shared, int size)
    {
        AttentionShape shape = new(heads, shared, size);
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> actual = new(shape, [513, 1060], scale: 3);
        using AttentionCase<double> expected = new(shape, [513, 1060], scale: 3);
        KeepLast(actual, 3);
        KeepLast(expected, 3);
        actual.Forward(vector.Kernels);
        expected.Forward(new ReferenceKernels<double>());

        double bound = 16 * 9 * Math.Sqrt(size) * Tolerance.Unit;
        Tolerance.Within(expected.Output, actual.Output, (_, _) => bound);
        Tolerance.Within(expected.LogSumExp, actual.LogSumExp, (_, _) => bound);
    }

    [Theory]
    [InlineData(16, ElementType.F32)]
    [InlineData(48, ElementType.F32)]
    [InlineData(64, ElementType.F16)]
    [InlineData(208, ElementType.Q8_0)]
    [InlineData(1024, ElementType.F32)]
    public void Attend_AnyPageSize_GivesTheBitsOfOnePage(int page, ElementType type)
    {
        AttentionShape shape = new(6, 2, 40);
        using VectorKernels vector = new(KernelPath.Auto, 2);
        using AttentionCase<float> one = new(shape, [Long, 70], type: type);
        using AttentionCase<float> many = new(shape, [Long, 70], type: type, page: page);
        one.Forward(vector.Kernels);
        many.Forward(vector.Kernels);

        Assert.Equal(one.Output.ToArray(), many.Output.ToArray());
        Assert.Equal(one.LogSumExp.ToArray(), many.LogSumExp.ToArray());
    }

    [Theory]
    [InlineData(KernelPath.Portable, 2)]
    [InlineData(KernelPath.Avx2, 3)]
    [InlineData(KernelPath.Avx512, 1)]
    [InlineData(KernelPath.Avx512, 4)]
    public void Attend_LongRowsOneByOne_GiveTheBitsOfThePrefillOnOneThread(KernelPath path, int threads)
    {
        AttentionShape shape = new(7, 1, 32);
        using VectorKernels alone = new(KernelPath.Auto);
        using VectorKernels vector = new(path, threads);
        using AttentionCase<float> whole = new(shape, [Long]);
        using AttentionCase<float> steps = new(shape, [Long], page: 64);
        whole.Forward(alone.Kernels);
        steps.Store(vector.Kernels);
        for (int row = 500; row < Long; row += row is > 508 and < 516 ? 1 : 9)
        {
            AttentionSegment segment = steps.Segments[0];
            segment.QueryStart = row;
            segment.QueryCount = 1;
            segment.KeyCount = row + 1;
            segment.VisibleOffset = row;
            vector.Kernels.Attend(shape, steps.Queries.View, &segment, 1, steps.Output.View, steps.LogSumExp.Data);
            AssertSameRow(whole, steps, row);
        }
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Variants), MemberType = typeof(VectorKernels))]
    public void Attend_RaggedBatch_GivesTheBitsOfEachSegmentAlone(KernelPath path, int threads)
    {
        AttentionShape shape = new(6, 2, 64);
        using VectorKernels vector = new(path, threads);
        using VectorKernels alone = new(KernelPath.Auto);
        using AttentionCase<float> batch = new(shape, [90, 1030, 600, 17], page: 64);
        using AttentionCase<float> single = new(shape, [90, 1030, 600, 17]);
        batch.Store(vector.Kernels);
        single.Forward(alone.Kernels);

        // A prompt, one row far behind, a chunk behind a past, an empty segment, one row near the front.
        AttentionSegment* segments = stackalloc AttentionSegment[5];
        segments[0] = batch.Segments[0];
        segments[1] = Tail(batch.Segments[1], 1);
        segments[2] = Tail(batch.Segments[2], 40);
        segments[3] = Tail(batch.Segments[2], 0);
        segments[4] = Tail(batch.Segments[3], 1);
        vector.Kernels.Attend(shape, batch.Queries.View, segments, 5, batch.Output.View, batch.LogSumExp.Data);

        foreach (int row in (int[])[.. Enumerable.Range(0, 90), 1119, .. Enumerable.Range(1680, 40), 1736])
        {
            AssertSameRow(single, batch, row);
        }
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Paths), MemberType = typeof(VectorKernels))]
    public void Attend_RangesWithoutVisibleKeys_ChangeNoBits(KernelPath path)
    {
        AttentionShape shape = new(4, 2, 32);
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> hidden = new(shape, [Long], (query, key) => key is >= 512 and < 700 && key <= query);
        using AttentionCase<float> shown = new(shape, [Long], (query, key) => key is >= 512 and < 700 && key <= query);
        KeepLast(hidden, 2);
        for (int query = 0; query < Long; query++)
        {
            // The same keys, with the mask cut off behind them.
            shown.Segments[0].Mask[query] = query is >= 512 and < 700 ? (byte)1 : (byte)0;
        }

        AttentionSegment cut = shown.Segments[0];
        cut.QueryStart = Long - 1;
        cut.QueryCount = 1;
        cut.KeyCount = 700;
        shown.Store(vector.Kernels);
        hidden.Forward(vector.Kernels);
        vector.Kernels.Attend(shape, shown.Queries.View, &cut, 1, shown.Output.View, shown.LogSumExp.Data);

        AssertSameRow(hidden, shown, Long - 1);
        Assert.True(float.IsFinite(hidden.LogSumExp[Long - 1, 0]));
    }

    [Fact]
    public void Attend_NaNBehindTheVisibleKeys_IsNotSeen()
    {
        AttentionShape shape = new(4, 2, 40);
        using VectorKernels vector = new(KernelPath.Auto, 2);
        using AttentionCase<float> attention = new(shape, [600], page: 64);
        for (int column = 0; column < shape.KeyValueWidth; column++)
        {
            attention.Keys[550, column] = float.NaN;
            attention.Values[551, column] = float.NaN;
        }

        attention.Forward(vector.Kernels);

        Assert.True(float.IsFinite(attention.Output[549, 3]));
        Assert.True(float.IsNaN(attention.Output[550, 3]));
        Assert.True(float.IsNaN(attention.Output[599, 3]));
    }

    [Fact]
    public void Attend_SplitRowsWarm_AllocateNothing()
    {
        AttentionShape shape = new(4, 2, 64);
        using VectorKernels vector = new(KernelPath.Auto);
        using AttentionCase<float> attention = new(shape, [1500], page: 64, type: ElementType.Q8_0);
        KeepLast(attention, 1);
        attention.Forward(vector.Kernels);
        long before = GC.GetAllocatedBytesForCurrentThread();
        attention.Forward(vector.Kernels);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static AttentionSegment Tail(AttentionSegment segment, int rows)
    {
        segment.QueryStart += segment.QueryCount - rows;
        segment.VisibleOffset = segment.QueryCount - rows;
        segment.QueryCount = rows;
        return segment;
    }

    /// <summary>Stores all keys with the first call, but lets only the last rows of each document ask.</summary>
    private static void KeepLast<T>(AttentionCase<T> attention, int rows)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        attention.Store(new ReferenceKernels<T>());
        for (int i = 0; i < attention.SegmentCount; i++)
        {
            AttentionSegment segment = Tail(attention.Segments[i], rows);
            if (segment.Mask != null)
            {
                segment.Mask += (long)segment.VisibleOffset * segment.KeyCount;
            }

            attention.Segments[i] = segment;
        }
    }

    private static AttentionCase<T> Vector<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        AttentionCase<T> attention = new(new AttentionShape(1, 1, 1), [514], (_, key) => key is 0 or 1 or 512 or 513);
        attention.Queries[513, 0] = T.One;
        (int Key, double Score, double Value)[] entries = [(0, 1, 1), (1, 2, 3), (512, 0, 2), (513, 3, -1)];
        foreach ((int key, double score, double value) in entries)
        {
            attention.Keys[key, 0] = T.CreateTruncating(score);
            attention.Values[key, 0] = T.CreateTruncating(value);
        }

        KeepLast(attention, 1);
        return attention;
    }

    private static void AssertSameRow(AttentionCase<float> expected, AttentionCase<float> actual, int row)
    {
        for (int column = 0; column < expected.Output.Columns; column++)
        {
            Assert.True(expected.Output[row, column] == actual.Output[row, column], $"({row}, {column}): {expected.Output[row, column]:R} became {actual.Output[row, column]:R}.");
        }

        Assert.Equal(expected.LogSumExp[row, 0], actual.LogSumExp[row, 0]);
    }
}
