namespace Agents.Plugins.Malt.Trees;

/// <summary>What travels up the tree (papers/33 §2.2).</summary>
public enum Pooling
{
    /// <summary>Means of values; labels are made of them only at the end. The method.</summary>
    Global = 0,

    /// <summary>Labels: a node's value is the share of its children that are positive.</summary>
    Local = 1,
}
