using Agents.Numerics.Formats;
using static Agents.Numerics.Tests.Formats.FormatSamples;

namespace Agents.Numerics.Tests.Formats;

public class ParallelQuantizerTests
{
    public static TheoryData<ElementType> Types => [.. BlockFormats.All.Select(format => format.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_AnyLength_GivesTheBytesOfOneThread(ElementType type)
    {
        BlockFormat format = BlockFormats.Get(type);
        foreach (int length in (int[])[0, 256, 8192, 8192 + 256, (3 * 8192) + 768])
        {
            float[] values = Noise(length, 0.1f, 77);
            var actual = new byte[format.ByteCount(length)];

            ParallelQuantizer.Quantize(format, values, actual);

            Assert.Equal(Encode(format, values), actual);
        }
    }

    [Fact]
    public void Quantize_BadValues_NamesTheFirstBlockOfTheWholeRun()
    {
        float[] values = Noise(8192 * 6, 1f);
        values[8192 + 300] = float.NaN;
        values[(8192 * 5) + 9] = float.PositiveInfinity;
        BlockFormat format = BlockFormats.Get(ElementType.Q4_K);

        for (int repeat = 0; repeat < 10; repeat++)
        {
            var error = Assert.Throws<ArgumentException>(() => ParallelQuantizer.Quantize(format, values, new byte[format.ByteCount(values.Length)]));

            Assert.Contains("elements 8448 to 8703", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Quantize_LengthsThatDoNotMatch_AreRefused()
    {
        BlockFormat format = BlockFormats.Get(ElementType.Q6_K);

        Assert.Throws<ArgumentException>(() => ParallelQuantizer.Quantize(format, new float[8192 * 2], new byte[10]));
        Assert.Throws<ArgumentException>(() => ParallelQuantizer.Quantize(format, new float[(8192 * 2) + 1], new byte[210 * 64]));
        Assert.Throws<ArgumentNullException>(() => ParallelQuantizer.Quantize(null!, [], []));
    }
}
