using System.Runtime.InteropServices;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Comparison of rounded rows bit by bit.</summary>
internal static unsafe class RoundedRows
{
    public static void AssertEqual(QuantizedRows expected, QuantizedRows actual)
    {
        Assert.Equal((expected.Format, expected.Rows, expected.Columns), (actual.Format, actual.Rows, actual.Columns));
        int elements = expected.Rows * expected.Columns;
        int blocks = expected.Rows * expected.BlocksPerRow;
        Assert.Equal(new Span<sbyte>(expected.Codes, elements), new Span<sbyte>(actual.Codes, elements));
        Assert.Equal(Bits(expected.Scales, blocks), Bits(actual.Scales, blocks));
        Assert.Equal(new Span<int>(expected.Sums, elements / expected.SumElements), new Span<int>(actual.Sums, elements / actual.SumElements));
        if (expected.Format == ActivationFormat.Block32WithSum)
        {
            Assert.Equal(Bits(expected.ScaledSums, blocks), Bits(actual.ScaledSums, blocks));
        }
    }

    public static int[] Bits(float* values, int count) => MemoryMarshal.Cast<float, int>(new Span<float>(values, count)).ToArray();
}
