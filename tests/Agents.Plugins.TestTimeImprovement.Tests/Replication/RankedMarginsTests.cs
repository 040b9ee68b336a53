using Agents.Plugins.TestTimeImprovement.Replication;
using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Tests.Replication;

public sealed class RankedMarginsTests
{
    [Theory]
    [InlineData(new[] { 0.1, 0.2, 0.8, 0.9 }, new[] { false, false, true, true }, 1)]
    [InlineData(new[] { 0.1, 0.2, 0.8, 0.9 }, new[] { true, true, false, false }, 0)]
    [InlineData(new[] { 0.5, 0.5, 0.5, 0.5 }, new[] { true, false, true, false }, 0.5)]
    [InlineData(new[] { 0.1, 0.4, 0.4, 0.9 }, new[] { false, true, false, true }, 0.875)]
    public void Auroc_IsTheChanceThatAWrongAnswerHasTheSmallerMargin(double[] margins, bool[] right, double expected) =>
        Assert.Equal(expected, RankedMargins.Auroc(margins.Zip(right, Row)), 1e-12);

    [Fact]
    public void Auroc_WithoutWrongAnswers_IsNoNumber() => Assert.True(double.IsNaN(RankedMargins.Auroc([Row(.5, true)])));

    private static Observation Row(double margin, bool right) => new() { Correct = right, Values = new Dictionary<string, double> { [RankedMargins.Margin] = margin } };
}
