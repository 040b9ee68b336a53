using Agents.Training.Progress;

namespace Agents.Training.Tests.Progress;

public sealed class SparklineTests
{
    [Theory]
    [InlineData(new double[] { 0, 1, 2, 3, 4, 5, 6, 7 }, 8, "▁▂▃▄▅▆▇█")]
    [InlineData(new double[] { 7, 0 }, 8, "█▁")]
    [InlineData(new double[] { 5, 5, 5 }, 8, "▄▄▄")]
    [InlineData(new double[] { 0, 0, 4, 4, 8, 8 }, 3, "▁▅█")]
    [InlineData(new double[] { 1, double.NaN, 2 }, 3, "▁ █")]
    [InlineData(new double[] { double.NaN, double.PositiveInfinity }, 3, "  ")]
    [InlineData(new double[] { 1, 2 }, 0, "")]
    [InlineData(new double[] { }, 5, "")]
    public void Draw_KnownNumbers_GivesTheirShape(double[] values, int columns, string expected) => Assert.Equal(expected, Sparkline.Draw(values, columns));

    [Fact]
    public void Draw_WithoutUnicode_UsesLetters() => Assert.Equal("_.-~=+*#", Sparkline.Draw([0, 1, 2, 3, 4, 5, 6, 7], 8, unicode: false));

    [Fact]
    public void Draw_HugeNumbers_DoNotOverflow() => Assert.Equal("▁█", Sparkline.Draw([-1.7e308, 1.7e308], 2));

    [Fact]
    public void Draw_ManyValues_NeverExceedsTheColumns()
    {
        for (int columns = 1; columns < 40; columns++)
        {
            Assert.Equal(columns, Sparkline.Draw([.. Enumerable.Range(0, 997).Select(i => Math.Sin(i))], columns).Length);
        }
    }
}
