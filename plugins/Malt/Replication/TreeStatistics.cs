using Agents.Plugins.Malt.Data;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Replication;

/// <summary>What the expansion of one seed brought, by role.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Role">The role.</param>
/// <param name="Texts">Texts.</param>
/// <param name="Different">Texts that differ from their siblings before them.</param>
/// <param name="Value">Mean value.</param>
/// <param name="Conflicts">Texts dropped because an identical sibling has another label.</param>
/// <param name="Examples">Different positive examples.</param>
/// <param name="Pairs">Different pairs.</param>
/// <param name="MixedParents">Share of sibling groups with both labels.</param>
internal sealed record TreeStatistics(ulong Seed, MaltRole Role, int Texts, int Different, double Value, int Conflicts, int Examples, int Pairs, double MixedParents)
{
    /// <summary>Counts.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="role">The role.</param>
    /// <param name="trees">Backed-up trees.</param>
    /// <param name="sets">Their sets.</param>
    public static TreeStatistics Of(ulong seed, MaltRole role, IReadOnlyList<RoleTree> trees, RoleDatasets sets)
    {
        RoleNode[][] groups = [.. trees.SelectMany(tree => Groups(tree.Generations)).Where(group => group.Length > 0 && group[0].Role == role)];
        RoleNode[] nodes = [.. groups.SelectMany(group => group)];
        return new TreeStatistics(
            seed,
            role,
            nodes.Length,
            groups.Sum(group => group.Select(node => node.Text).Distinct(StringComparer.Ordinal).Count()),
            nodes.Where(node => node.Value is not null).Select(node => node.Value!.Value).DefaultIfEmpty(0).Average(),
            groups.Sum(group => group.GroupBy(node => node.Text, StringComparer.Ordinal).Where(same => same.Select(node => node.Positive).Distinct().Count() > 1).Sum(same => same.Count())),
            sets.Examples.Where(example => example.Role == role).DistinctBy(example => (example.Context, example.Target)).Count(),
            sets.Pairs.Where(pair => pair.Role == role).DistinctBy(pair => (pair.Context, pair.Chosen, pair.Rejected)).Count(),
            groups.Length == 0 ? 0 : groups.Count(group => group.Any(node => node.Positive == true) && group.Any(node => node.Positive == false)) / (double)groups.Length);
    }

    private static IEnumerable<RoleNode[]> Groups(IReadOnlyList<RoleNode> siblings) => siblings.SelectMany(node => Groups(node.Children)).Prepend([.. siblings]);
}
