namespace Agents.Plugins.Malt.Trees;

/// <summary>Credit assignment (papers/33 §2.2): the rewards of the leaves travel up the tree as means. A pure function.</summary>
public static class TreeValues
{
    /// <summary>Threshold of the first round.</summary>
    public const double DefaultThreshold = 0.5;

    /// <summary>
    /// Returns the tree with values and labels. A leaf is worth its reward; a node above the mean over its children, of their values (global) or of their labels (local). A node is
    /// positive when its value lies strictly above the threshold, so exactly half is negative. Leaves without a judgement do not count, nor do nodes over such leaves only.
    /// </summary>
    /// <param name="tree">The tree.</param>
    /// <param name="threshold">Threshold in [0, 1).</param>
    /// <param name="pooling">What travels up.</param>
    public static RoleTree BackUp(RoleTree tree, double threshold = DefaultThreshold, Pooling pooling = Pooling.Global)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentOutOfRangeException.ThrowIfNegative(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(threshold, 1);
        return tree with { Generations = [.. tree.Generations.Select(node => BackUp(node, threshold, pooling))] };
    }

    private static RoleNode BackUp(RoleNode node, double threshold, Pooling pooling)
    {
        if (node.Children.Count == 0)
        {
            // A branch that broke off before the refiner is no leaf: nobody knows what would have come of it.
            double? reward = node.Role != Pipeline.MaltRole.Refiner ? null : node.Correct switch { true => 1, false => 0, null => null };
            return node with { Value = reward, Positive = reward is null ? null : reward > threshold };
        }

        RoleNode[] children = [.. node.Children.Select(child => BackUp(child, threshold, pooling))];
        double[] values = [.. children.Where(child => child.Value is not null).Select(child => pooling == Pooling.Global ? child.Value!.Value : child.Positive == true ? 1 : 0)];
        double? value = values.Length == 0 ? null : values.Average();
        return node with { Children = children, Value = value, Positive = value is null ? null : value > threshold };
    }
}
