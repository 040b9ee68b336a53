using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Kernels.Attention;

namespace Agents.Numerics.Tests.Kernels.Attention;

/// <summary>Attention over F16 and Q8_0 stores.</summary>
public sealed unsafe class RoundedAttentionTests
{
    public static TheoryData<KernelPath, ElementType, int, int, int> Cases
    {
        get
        {
            TheoryData<KernelPath, ElementType, int, int, int> data = [];
            foreach (KernelPath path in new[] { KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512 })
            {
                foreach (ElementType type in new[] { ElementType.F16, ElementType.Q8_0 })
                {
                    data.Add(path, type, 14, 2, 64);
                    data.Add(path, type, 4, 4, 33);
                    data.Add(path, type, 6, 2, 7);
                    data.Add(path, type, 8, 1, 80);
                    data.Add(path, type, 6, 2, 128);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attend_RoundedStore_GivesTheBitsOfAnF32StoreOfWhatItDecodesTo(KernelPath path, ElementType type, int heads, int shared, int size)
    {
        AttentionShape shape = new(heads, shared, size);
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> rounded = new(shape, [1, 83, 530], type: type, page: 48);
        using AttentionCase<float> decoded = new(shape, [1, 83, 530]);
        rounded.Forward(vector.Kernels);
        Decode(rounded, decoded);
        decoded.Forward(vector.Kernels);

        Assert.Equal(decoded.Output.ToArray(), rounded.Output.ToArray());
        Assert.Equal(decoded.LogSumExp.ToArray(), rounded.LogSumExp.ToArray());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attend_LastRows_AgreeWithTheDoubleReferenceOverTheSameStore(KernelPath path, ElementType type, int heads, int shared, int size)
    {
        AttentionShape shape = new(heads, shared, size);
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> actual = new(shape, [5, 66], type: type, page: 64);
        using AttentionCase<double> expected = new(shape, [5, 66], type: type);
        actual.Forward(vector.Kernels);
        expected.Forward(new ReferenceKernels<double>());

        double bound = 16 * Math.Sqrt(size) * Tolerance.Unit;
        Tolerance.Within(expected.Output, actual.Output, (_, _) => bound);
        Tolerance.Within(expected.LogSumExp, actual.LogSumExp, (_, _) => bound);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attend_OneRow_GivesTheBitsOfThePrefill(KernelPath path, ElementType type, int heads, int shared, int size)
    {
        AttentionShape shape = new(heads, shared, size);
        using VectorKernels vector = new(path, 2);
        using AttentionCase<float> whole = new(shape, [Rows], type: type);
        using AttentionCase<float> step = new(shape, [Rows], type: type, page: 64);
        whole.Forward(vector.Kernels);
        step.Store(vector.Kernels);
        AttentionSegment segment = step.Segments[0];
        segment.QueryStart = Rows - 1;
        segment.QueryCount = 1;
        segment.VisibleOffset = Rows - 1;
        vector.Kernels.Attend(shape, step.Queries.View, &segment, 1, step.Output.View, null);

        for (int column = 0; column < shape.QueryWidth; column++)
        {
            Assert.Equal(whole.Output[Rows - 1, column], step.Output[Rows - 1, column]);
        }
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.Q8_0)]
    public void Attend_NaNInAKey_ReachesTheOutput(ElementType type)
    {
        AttentionShape shape = new(2, 1, 40);
        using VectorKernels vector = new(KernelPath.Auto);
        using AttentionCase<float> attention = new(shape, [20], type: type);
        attention.Keys[7, 3] = float.NaN;
        attention.Forward(vector.Kernels);

        Assert.True(float.IsFinite(attention.Output[6, 0]));
        Assert.True(float.IsNaN(attention.Output[7, 0]));
    }

    private const int Rows = 611;

    private static void Decode(AttentionCase<float> source, AttentionCase<float> target)
    {
        int size = source.Shape.HeadSize;
        for (int i = 0; i < source.SegmentCount; i++)
        {
            AttentionSegment* segment = source.Segments + i;
            for (int position = 0; position < segment->KeyCount; position++)
            {
                for (int column = 0; column < source.Shape.KeyValueWidth; column++)
                {
                    target.Keys[segment->QueryStart + position, column] = ReferenceStore<float>.Key(segment, column / size, position, column % size);
                    target.Values[segment->QueryStart + position, column] = ReferenceStore<float>.Value(segment, column / size, position, column % size);
                }
            }
        }
    }
}
