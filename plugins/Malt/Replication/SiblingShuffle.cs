using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Replication;

/// <summary>The control of credit assignment (papers/33 §5): values and labels change places between siblings at random. Counts of labels stay; which text earned them does not.</summary>
internal static class SiblingShuffle
{
    /// <summary>Shuffles a backed-up tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="stream">Decides where values go.</param>
    public static RoleTree Of(RoleTree tree, ref SampleStream stream) => tree with { Generations = Shuffled(tree.Generations, ref stream) };

    private static RoleNode[] Shuffled(IReadOnlyList<RoleNode> siblings, ref SampleStream stream)
    {
        int[] from = [.. Enumerable.Range(0, siblings.Count)];
        for (int i = from.Length - 1; i > 0; i--)
        {
            int other = stream.NextInt(i + 1);
            (from[i], from[other]) = (from[other], from[i]);
        }

        var shuffled = new RoleNode[siblings.Count];
        for (int i = 0; i < shuffled.Length; i++)
        {
            shuffled[i] = siblings[i] with { Value = siblings[from[i]].Value, Positive = siblings[from[i]].Positive, Children = Shuffled(siblings[i].Children, ref stream) };
        }

        return shuffled;
    }
}
