using Agents.Plugins.TestTimeImprovement.Uncertainty;

namespace Agents.Plugins.TestTimeImprovement.Tests.Uncertainty;

public sealed class MarginWindowTests
{
    [Fact]
    public void ThresholdFor_BeforeAndAfterTheWarmUp_IsFixedThenTheQuantileOfEarlierMargins()
    {
        var window = new MarginWindow();

        double[] thresholds = [.. new[] { 0.1, 0.5, 0.9, 0.3, 0.7 }.Select(margin => window.ThresholdFor(margin, .5, 3, .95))];

        Assert.Equal([.95, .95, .95, .5, .4], thresholds, (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Fact]
    public void ThresholdFor_ManyMargins_ForgetsTheOldest()
    {
        var window = new MarginWindow();
        for (int i = 0; i < 600; i++)
        {
            window.ThresholdFor(0, .5, 1, .95);
        }

        for (int i = 0; i < 600; i++)
        {
            window.ThresholdFor(1, .5, 1, .95);
        }

        Assert.Equal(1, window.ThresholdFor(1, .01, 1, .95));
    }
}
