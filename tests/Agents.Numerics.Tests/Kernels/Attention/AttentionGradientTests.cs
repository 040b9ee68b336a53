using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Attention;

public sealed unsafe class AttentionGradientTests
{
    private readonly ReferenceKernels<double> _kernels = new();

    [Theory]
    [InlineData(1, 1, 4, new[] { 5 })]
    [InlineData(4, 2, 6, new[] { 7 })]
    [InlineData(2, 1, 3, new[] { 1, 4, 3 })]
    [InlineData(2, 1, 2, new[] { 19 })]
    public void AttendBackward_Causal_MatchesCentralDifferences(int heads, int shared, int size, int[] lengths)
    {
        using AttentionCase<double> attention = new(new AttentionShape(heads, shared, size), lengths, scale: 1.5);
        Check(attention);
    }

    [Fact]
    public void AttendBackward_ArbitraryMask_MatchesCentralDifferences()
    {
        using AttentionCase<double> attention = new(new AttentionShape(4, 2, 4), [6], (query, key) => (query * 5) + (key * 3) % 7 % 2 == 0 || query == key);
        Check(attention);
    }

    [Fact]
    public void AttendBackward_MaskBeyondTheCausalTriangle_MatchesCentralDifferences()
    {
        using AttentionCase<double> attention = new(new AttentionShape(2, 2, 4), [5], (_, _) => true);
        Check(attention);
    }

    [Fact]
    public void Attend_RowWithoutVisibleKeys_GivesZerosAndNoGradient()
    {
        using AttentionCase<double> attention = new(new AttentionShape(2, 1, 4), [4], (query, key) => query != 2 && key != 1);
        Check(attention);
        for (int column = 0; column < 8; column++)
        {
            Assert.Equal(0, attention.Output[2, column]);
            Assert.Equal(0, attention.DQueries[2, column]);
        }

        for (int column = 0; column < 4; column++)
        {
            Assert.Equal(0, attention.DKeys[1, column]);
            Assert.Equal(0, attention.DValues[1, column]);
        }

        Assert.Equal(double.NegativeInfinity, attention.LogSumExp[2, 0]);
    }

    [Fact]
    public void Attend_OneKey_ReturnsItsValue()
    {
        using AttentionCase<double> attention = new(new AttentionShape(4, 2, 4), [1]);
        attention.Forward(_kernels);
        for (int column = 0; column < 16; column++)
        {
            Assert.Equal(attention.Values[0, (column / 8 * 4) + (column % 4)], attention.Output[0, column]);
        }
    }

    private void Check(AttentionCase<double> attention)
    {
        using TestMatrix<double> weights = TestMatrix<double>.Random(attention.Output.Rows, attention.Output.Columns, 9);
        double Loss()
        {
            attention.Forward(_kernels);
            return attention.Output.Dot(weights);
        }

        Loss();
        attention.Backward(_kernels, weights);
        GradientCheck.Check(attention.Queries, attention.DQueries, Loss);
        GradientCheck.Check(attention.Keys, attention.DKeys, Loss);
        GradientCheck.Check(attention.Values, attention.DValues, Loss);
        Loss();
    }
}
