using Agents.Numerics.Kernels.Matrix;

namespace Agents.Numerics.Tests.Kernels.Matrix;

public sealed class PanelLayoutTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(256, 256)]
    [InlineData(257, 132)]
    [InlineData(512, 256)]
    [InlineData(513, 172)]
    [InlineData(1024, 256)]
    public void EvenDepth_CutsIntoNearlyEqualBlocks(int depth, int expected) => Assert.Equal(expected, PanelLayout.EvenDepth(depth));

    [Fact]
    public void EvenDepth_NeverExceedsTheCacheBlock()
    {
        for (int depth = 1; depth < 5000; depth++)
        {
            Assert.InRange(PanelLayout.EvenDepth(depth), 1, PanelLayout.Depth);
        }

        Assert.InRange(PanelLayout.EvenDepth(int.MaxValue), 1, PanelLayout.Depth);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(12, 1, 1)]
    [InlineData(32, 1, 3)]
    [InlineData(33, 2, 3)]
    [InlineData(int.MaxValue, 67108864, 178956971)]
    public void PanelsAndStrips_RoundUpWithoutOverflow(int count, int panels, int strips)
    {
        Assert.Equal(panels, PanelLayout.Panels(count));
        Assert.Equal(strips, PanelLayout.Strips(count));
    }
}
