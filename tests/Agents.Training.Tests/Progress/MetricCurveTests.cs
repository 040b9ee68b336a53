using Agents.Training.Progress;

namespace Agents.Training.Tests.Progress;

public sealed class MetricCurveTests
{
    [Fact]
    public void Add_WithinTheCapacity_KeepsEveryNumber()
    {
        MetricCurve sut = new(4);
        foreach (double value in (double[])[3, double.NaN, 1, double.PositiveInfinity, 2])
        {
            sut.Add(value);
        }

        Assert.Equal([3, 1, 2], sut.Points);
        Assert.Equal((2, 3L), (sut.Last, sut.Count));
    }

    [Fact]
    public void Add_BeyondTheCapacity_AveragesNeighbours()
    {
        MetricCurve sut = new(4);
        for (int i = 0; i < 10; i++)
        {
            sut.Add(i);
        }

        // The fifth number makes pairs of the first four, the ninth makes fours of those.
        Assert.Equal([1.5, 5.5], sut.Points);
        Assert.Equal(9, sut.Last);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void Add_AnyNumberOfValues_StaysBoundedAndKeepsTheMean(int capacity)
    {
        MetricCurve sut = new(capacity);
        for (int i = 0; i < 3_001; i++)
        {
            sut.Add(7);
            Assert.InRange(sut.Points.Length, 1, capacity);
        }

        Assert.All(sut.Points.ToArray(), point => Assert.Equal(7, point, 9));
    }

    [Fact]
    public void Add_RisingNumbers_StayRising()
    {
        MetricCurve sut = new(7);
        for (int i = 0; i < 500; i++)
        {
            sut.Add(i);
        }

        double[] points = sut.Points.ToArray();
        Assert.Equal(points.Order(), points);
        Assert.True(points.Length >= 3);
    }

    [Fact]
    public void New_BeforeTheFirstNumber_HasNone()
    {
        MetricCurve sut = new();

        Assert.Equal(double.NaN, sut.Last);
        Assert.Equal(0, sut.Points.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MetricCurve(1));
    }
}
