using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Tests.Trees;

public sealed class TreeValuesTests
{
    // papers/33 §5, vector 1.
    [Fact]
    public void BackUp_VectorOfThePaper_GivesValuesAndLabelsGlobally()
    {
        RoleTree tree = TreeValues.BackUp(TreeVectors.Tree);

        double[][] critiques = [.. tree.Generations.Select(g => g.Children.Select(v => v.Value!.Value).ToArray())];
        AssertValues([1, 1.0 / 3, 1.0 / 3], critiques[0]);
        AssertValues([2.0 / 3, 2.0 / 3, 0], critiques[1]);
        AssertValues([0, 1, 2.0 / 3], critiques[2]);
        AssertValues([5.0 / 9, 4.0 / 9, 5.0 / 9], [.. tree.Generations.Select(g => g.Value!.Value)]);
        Assert.Equal([true, false, true], tree.Generations.Select(g => g.Positive!.Value));
    }

    [Fact]
    public void BackUp_VectorOfThePaper_HasOtherLabelsLocally()
    {
        RoleTree tree = TreeValues.BackUp(TreeVectors.Tree, pooling: Pooling.Local);

        Assert.Equal([false, true, true], tree.Generations.Select(g => g.Positive!.Value));
        AssertValues([1.0 / 3, 2.0 / 3, 2.0 / 3], [.. tree.Generations.Select(g => g.Value!.Value)]);
    }

    // The comparison is strict: an exact half, possible for even n, is negative.
    [Theory]
    [InlineData(.5, false)]
    [InlineData(.4999, true)]
    [InlineData(.5001, false)]
    public void BackUp_ValueAtTheThreshold_IsNegative(double threshold, bool positive)
    {
        RoleTree tree = TreeValues.BackUp(TreeVectors.Of([[1, 0], [1, 0]]), threshold);

        Assert.Equal(.5, tree.Generations[0].Value);
        Assert.Equal((positive, positive), (tree.Generations[0].Positive!.Value, tree.Generations[0].Children[0].Positive!.Value));
    }

    [Fact]
    public void BackUp_UnjudgedLeaves_DoNotCount()
    {
        RoleTree tree = TreeValues.BackUp(TreeVectors.Of([[1, -1, -1], [-1, -1, -1], [0, 1, -1]]));

        RoleNode generation = Assert.Single(tree.Generations);
        Assert.Equal([1, null, .5], generation.Children.Select(v => v.Value));
        Assert.Equal([true, null, false], generation.Children.Select(v => v.Positive));
        Assert.Equal(.75, generation.Value);
        Assert.Equal([1, null, null], generation.Children[0].Children.Select(r => r.Value));
    }

    [Fact]
    public void BackUp_NothingJudged_HasNoValues()
    {
        RoleTree tree = TreeValues.BackUp(TreeVectors.Of([[-1]], []));

        Assert.All(tree.Nodes, node => Assert.Equal(((double?)null, (bool?)null), (node.Value, node.Positive)));
    }

    [Fact]
    public void BackUp_TwiceOrAgainWithOtherOptions_DependsOnTheLeavesOnly()
    {
        RoleTree once = TreeValues.BackUp(TreeVectors.Tree, .9, Pooling.Local);

        Assert.Equal(
            TreeValues.BackUp(TreeVectors.Tree).Nodes.Select(node => (node.Value, node.Positive)), TreeValues.BackUp(once).Nodes.Select(node => (node.Value, node.Positive)));
        Assert.All(TreeVectors.Tree.Nodes, node => Assert.Null(node.Value));
    }

    [Theory]
    [InlineData(-.1)]
    [InlineData(1)]
    public void BackUp_ImpossibleThreshold_IsRefused(double threshold) => Assert.Throws<ArgumentOutOfRangeException>(() => TreeValues.BackUp(TreeVectors.Tree, threshold));

    private static void AssertValues(double[] expected, double[] actual) => Assert.Equal(expected.Select(v => Math.Round(v, 12)), actual.Select(v => Math.Round(v, 12)));
}
