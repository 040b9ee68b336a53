using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Kernels.Attention;
using Agents.Numerics.Memory;
using Agents.Numerics.Tests.Kernels.Matrix;

namespace Agents.Numerics.Tests.Kernels.Attention;

public sealed unsafe class KeyValueStoreTests
{
    private static readonly (ElementType Type, int Heads, int Size)[] s_cases =
    [
        (ElementType.F32, 2, 64),
        (ElementType.F32, 1, 33),
        (ElementType.F16, 2, 64),
        (ElementType.F16, 3, 6),
        (ElementType.Q8_0, 2, 64),
        (ElementType.Q8_0, 1, 128),
        (ElementType.Q8_0, 3, 33),
        (ElementType.Q8_0, 2, 7),
        (ElementType.Q8_0, 2, 80),
    ];

    public static TheoryData<ElementType, int, int> Cases => [.. s_cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Layout_AllParts_AreDisjointAndInside(ElementType type, int heads, int size)
    {
        KeyValueLayout layout = new(new AttentionShape(heads, heads, size), type, 48);
        List<(long Start, long End)> parts = [];
        for (int head = 0; head < heads; head++)
        {
            Assert.Equal(0, layout.KeyBlockOffset(head, 0) % 64);
            Assert.Equal(0, layout.ValueOffset(head, 0) % 64);
            for (int block = 0; block < 3; block++)
            {
                parts.Add((layout.KeyBlockOffset(head, block), layout.KeyBlockOffset(head, block) + layout.KeyBlockBytes));
            }

            for (int position = 0; position < 48; position++)
            {
                parts.Add((layout.ValueOffset(head, position), layout.ValueOffset(head, position) + layout.ValueBytes));
                parts.Add((layout.ValueScaleOffset(head, position), layout.ValueScaleOffset(head, position) + layout.ValueScaleBytes));
            }
        }

        parts.RemoveAll(part => part.Start == part.End);
        parts.Sort();
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        Assert.InRange(parts[^1].End, 1, layout.Bytes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_RowByRow_GivesTheBytesOfTheReference(ElementType type, int heads, int size)
    {
        AttentionShape shape = new(heads, heads, size);
        using VectorKernels vector = new(KernelPath.Auto, 2);
        using AttentionCase<float> expected = new(shape, [75, 3], type: type, page: 32, scale: 4);
        using AttentionCase<float> actual = new(shape, [75, 3], type: type, page: 32, scale: 4);
        expected.Store(new ReferenceKernels<float>());
        actual.Store(vector.Kernels);
        Assert.Equal(Bytes(expected), Bytes(actual));
        AttentionSegment last = actual.Segments[0];
        last.QueryStart = 74;
        last.QueryCount = 1;
        vector.Kernels.StoreKeysAndValues(actual.Keys.View, actual.Values.View, &last, 1);

        Assert.Equal(Bytes(expected), Bytes(actual));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_ThenRead_IsWithinHalfAStep(ElementType type, int heads, int size)
    {
        using AttentionCase<float> attention = new(new AttentionShape(heads, heads, size), [37], type: type, page: 16, scale: 2);
        attention.Store(new ReferenceKernels<float>());
        double step = type switch
        {
            // Largest number 2: a step of its scale, and what rounding the scale to a half adds at the largest code; half precision below 2.
            ElementType.Q8_0 => (2.0 / 127) * (1 + (127.0 / 1024)),
            ElementType.F16 => 1.0 / 1024,
            _ => 0,
        };
        for (int row = 0; row < 37; row++)
        {
            for (int column = 0; column < heads * size; column++)
            {
                float key = ReferenceStore<float>.Key(attention.Segments, column / size, row, column % size);
                float value = ReferenceStore<float>.Value(attention.Segments, column / size, row, column % size);
                Assert.InRange(Math.Abs(key - attention.Keys[row, column]), 0, step / 2);
                Assert.InRange(Math.Abs(value - attention.Values[row, column]), 0, step / 2);
            }
        }
    }

    [Fact]
    public void Codes_KnownGroup_AreTheDocumentedOnes()
    {
        // d = half(12.7 / 127) = half(0.1) = 0.0999755859375; 0.04999 / d rounds to 1 (ties to even would give 0 at exactly one half).
        float[] group = [12.7f, -6.35f, 0.0501f, -0.0499f, 0f, 0.25f];
        sbyte[] codes = new sbyte[6];
        ushort scale;
        fixed (float* source = group)
        fixed (sbyte* target = codes)
        {
            scale = KeyValueCode.Codes(source, 6, target, 1);
        }

        Assert.Equal(BitConverter.HalfToUInt16Bits((Half)0.1f), scale);
        Assert.Equal([127, -64, 1, 0, 0, 3], codes);
    }

    [Fact]
    public void Codes_TieBetweenIntegers_GoToTheEvenOne()
    {
        float[] group = [127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f];
        sbyte[] codes = new sbyte[6];
        fixed (float* source = group)
        fixed (sbyte* target = codes)
        {
            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)1f), KeyValueCode.Codes(source, 6, target, 1));
        }

        Assert.Equal([127, 0, 2, 2, 0, -2], codes);
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1e-10f, 0)]
    [InlineData(1e9f, 65504)]
    [InlineData(float.PositiveInfinity, 65504)]
    [InlineData(float.NaN, float.NaN)]
    public void Codes_Extremes_KeepTheScaleFiniteOrNaN(float largest, float scale)
    {
        float* group = stackalloc float[2] { largest, -largest };
        sbyte* codes = stackalloc sbyte[2];
        ushort half = KeyValueCode.Codes(group, 2, codes, 1);

        Assert.Equal(scale, Float16Conversion.ToSingle(half));
        Assert.InRange(codes[0], (sbyte)0, (sbyte)127);
        Assert.Equal(-codes[0], codes[1]);
    }

    [Theory]
    [InlineData(1e9f, 65504)]
    [InlineData(float.NegativeInfinity, -65504)]
    [InlineData(65519f, 65504)]
    [InlineData(1.00048828125f, 1)]
    [InlineData(1.00146484375f, 1.001953125f)]
    [InlineData(float.NaN, float.NaN)]
    public void Half_RoundsToTheNearestFiniteHalf(float value, float expected)
    {
        ushort* halves = stackalloc ushort[1];
        KeyValueCode.Halves(&value, 1, halves);

        Assert.Equal(expected, Float16Conversion.ToSingle(KeyValueCode.Half(value)));
        Assert.Equal(expected, Float16Conversion.ToSingle(halves[0]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Copy_SomePositions_ReadAsTheSource(ElementType type, int heads, int size)
    {
        KeyValueLayout layout = new(new AttentionShape(heads, heads, size), type, 48);
        using AttentionCase<float> source = new(layout.Shape, [48], type: type, page: 48);
        using AttentionCase<float> target = new(layout.Shape, [48], type: type, page: 48);
        source.Store(new ReferenceKernels<float>());

        layout.Copy(source.Segments->Pages[0], target.Segments->Pages[0], 21);

        for (int position = 0; position < 21; position++)
        {
            for (int column = 0; column < heads * size; column++)
            {
                Assert.Equal(
                    ReferenceStore<float>.Key(source.Segments, column / size, position, column % size),
                    ReferenceStore<float>.Key(target.Segments, column / size, position, column % size));
                Assert.Equal(
                    ReferenceStore<float>.Value(source.Segments, column / size, position, column % size),
                    ReferenceStore<float>.Value(target.Segments, column / size, position, column % size));
            }
        }
    }

    [Theory]
    [InlineData(KernelPath.Portable)]
    [InlineData(KernelPath.Avx2)]
    [InlineData(KernelPath.Avx512)]
    public void StoreAndAttend_PagesAtTheBorderOfMemory_StayInside(KernelPath path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        using VectorKernels vector = new(path);
        foreach ((ElementType type, int heads, int size) in s_cases)
        {
            KeyValueLayout layout = new(new AttentionShape(2 * heads, heads, size), type, 16);
            using AttentionCase<float> whole = new(layout.Shape, [29], type: type);
            whole.Forward(vector.Kernels);
            Assert.Equal(whole.Output.ToArray(), Bounded(vector.Kernels, layout, atEnd: false));
            Assert.Equal(whole.Output.ToArray(), Bounded(vector.Kernels, layout, atEnd: true));
        }
    }

    /// <summary>Attention with pages, queries and output at the border of accessible memory.</summary>
    private static float[] Bounded(SimdKernels kernels, KeyValueLayout layout, bool atEnd)
    {
        int count = 29 * layout.Shape.QueryWidth;
        using AttentionCase<float> inputs = new(layout.Shape, [29], type: layout.Type, page: 16);
        using GuardedMemory first = new((int)layout.Bytes);
        using GuardedMemory second = new((int)layout.Bytes);
        using GuardedMemory queries = new(count * sizeof(float));
        using GuardedMemory output = new(count * sizeof(float));
        byte** pages = stackalloc byte*[2] { Place(first, layout.Bytes, atEnd), Place(second, layout.Bytes, atEnd) };
        MatrixView<float> from = new((float*)Place(queries, count * sizeof(float), atEnd), 29, layout.Shape.QueryWidth);
        MatrixView<float> to = new((float*)Place(output, count * sizeof(float), atEnd), 29, layout.Shape.QueryWidth);
        new Span<float>(inputs.Queries.Data, count).CopyTo(new Span<float>(from.Data, count));
        AttentionSegment segment = inputs.Segments[0];
        segment.Pages = pages;
        kernels.StoreKeysAndValues(inputs.Keys.View, inputs.Values.View, &segment, 1);
        kernels.Attend(layout.Shape, from, &segment, 1, to, null);
        return new Span<float>(to.Data, count).ToArray();
    }

    private static byte* Place(GuardedMemory memory, long bytes, bool atEnd) => atEnd ? memory.End - bytes : memory.Start;

    private static byte[] Bytes(AttentionCase<float> attention)
    {
        List<byte> bytes = [];
        for (int i = 0; i < attention.SegmentCount; i++)
        {
            AttentionSegment segment = attention.Segments[i];
            for (int page = 0; page * segment.Layout.PagePositions < segment.KeyCount; page++)
            {
                bytes.AddRange(new Span<byte>(segment.Pages[page], (int)segment.Layout.Bytes));
            }
        }

        return [.. bytes];
    }
}
