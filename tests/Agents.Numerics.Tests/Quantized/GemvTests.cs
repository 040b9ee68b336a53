using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Tests.Kernels;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Products of few rows on every path against the reference, bit by bit.</summary>
public sealed unsafe class GemvTests
{
    private static readonly CodePath[] s_paths = [CodePath.Portable, CodePath.Avx2, CodePath.AvxVnni, CodePath.Avx512];

    public static TheoryData<ElementType, int> Cases
    {
        get
        {
            TheoryData<ElementType, int> cases = [];
            foreach (ElementType type in PackedCase.CodeTypes)
            {
                foreach (CodePath path in s_paths)
                {
                    cases.Add(type, (int)path);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_OddSizes_HasTheBitsOfTheReference(ElementType type, int path)
    {
        RequirePath(path);
        foreach (int outputs in (int[])[1, 15, 16, 17, 50])
        {
            foreach (int blocks in (int[])[1, 2, 3, 7])
            {
                AssertReference(type, (CodePath)path, outputs, blocks, PackedCase.Random(type, outputs, blocks * BlockElements(type), (outputs * 8) + blocks), null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_ExtremeCodes_HasTheBitsOfTheReference(ElementType type, int path)
    {
        RequirePath(path);
        foreach (byte constant in (byte[])[0x00, 0x0f, 0x55, 0x7f, 0x80, 0xaa, 0xf0, 0xff])
        {
            foreach (sbyte code in (sbyte[])[-128, -127, 127])
            {
                AssertReference(type, (CodePath)path, 16, 2, PackedCase.Constant(type, 16, 2 * BlockElements(type), constant), code);
            }
        }
    }

    private static int BlockElements(ElementType type) => IQuantizedKernels.ActivationsOf(type) == ActivationFormat.Block256 ? 256 : 32;

    private static void RequirePath(int path) =>
        Assert.SkipUnless(GemvDispatch.IsSupported((CodePath)path), $"This machine does not support {(CodePath)path}.");

    private static void AssertReference(ElementType type, CodePath path, int outputs, int blocks, QuantizedMatrix weight, sbyte? code)
    {
        const int Rows = 4;
        int columns = blocks * BlockElements(type);
        ReferenceQuantizedKernels reference = new();
        using TestMatrix<float> x = TestMatrix<float>.Random(Rows, columns, 11, scale: 3);
        using TestMatrix<float> bias = TestMatrix<float>.Random(1, outputs, 12);
        using TestMatrix<float> expected = new(Rows, outputs);
        using QuantizedRows rows = new();
        reference.Quantize(x.View, IQuantizedKernels.ActivationsOf(type), rows);
        if (code is { } value)
        {
            new Span<sbyte>(rows.Codes, Rows * columns).Fill(value);
            new Span<int>(rows.Sums, Rows * columns / rows.SumElements).Fill(value * rows.SumElements);
        }

        using (weight)
        {
            reference.Multiply(rows, [new QuantizedProduct(weight, bias.Data, expected.View)]);
            using TestMatrix<float> actual = new(Rows, outputs, padding: 5);
            QuantizedProduct product = new(weight, bias.Data, actual.View);
            for (int count = 1; count <= GemvDispatch.LargestBatch; count++)
            {
                // The last row stays as it is, in a last pass the first one does.
                for (int first = 0; first + count <= Rows; first += Rows - count)
                {
                    new Span<float>(actual.Data, Rows * actual.View.Stride).Fill(float.NaN);
                    GemvDispatch.Run(path, rows, first, count, product, 0, 1);
                    GemvDispatch.Run(path, rows, first, count, product, 1, weight.Panels - 1);
                    for (int row = 0; row < Rows; row++)
                    {
                        int[] bits = RoundedRows.Bits(actual.View.Row(row), outputs);
                        if (row >= first && row < first + count)
                        {
                            Assert.Equal(RoundedRows.Bits(expected.View.Row(row), outputs), bits);
                        }
                        else
                        {
                            Assert.All(bits, bit => Assert.True(float.IsNaN(BitConverter.Int32BitsToSingle(bit))));
                        }
                    }

                    actual.AssertPaddingUntouched();
                }
            }

            using TestMatrix<float> plain = new(Rows, outputs);
            reference.Multiply(rows, [new QuantizedProduct(weight, null, expected.View)]);
            GemvDispatch.Run(path, rows, 3, 1, new QuantizedProduct(weight, null, plain.View), 0, weight.Panels);
            Assert.Equal(RoundedRows.Bits(expected.View.Row(3), outputs), RoundedRows.Bits(plain.View.Row(3), outputs));
        }
    }
}
