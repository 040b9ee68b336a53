using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Data;

/// <summary>Training sets of the three roles (papers/33 §2.3), made from backed-up trees. A pure function of the trees.</summary>
/// <param name="Examples">Texts for supervised fine-tuning: all positive nodes, those that occur in no pair included.</param>
/// <param name="Pairs">Pairs for preference training.</param>
public sealed record RoleDatasets(IReadOnlyList<RoleExample> Examples, IReadOnlyList<RolePair> Pairs)
{
    /// <summary>Creates the sets.</summary>
    /// <param name="trees">Trees with values, see <see cref="TreeValues.BackUp(RoleTree, double, Pooling)"/>.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public static RoleDatasets Create(IEnumerable<RoleTree> trees, RoleDatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trees);
        options ??= new RoleDatasetOptions();
        options.Validate();
        List<RoleExample> examples = [];
        List<RolePair> pairs = [];
        foreach (RoleTree tree in trees)
        {
            List<RolePair> ofQuestion = [];
            Visit(tree.Generations, new RoleContext(tree.QuestionId, tree.Question), options, examples, ofQuestion);
            pairs.AddRange(options.MaxPairsPerQuestion is { } most ? ofQuestion.GroupBy(pair => pair.Role).SelectMany(group => group.Take(most)) : ofQuestion);
        }

        return new RoleDatasets(examples, pairs);
    }

    private static void Visit(IReadOnlyList<RoleNode> siblings, RoleContext context, RoleDatasetOptions options, List<RoleExample> examples, List<RolePair> pairs)
    {
        RoleNode[] judged = Distinct([.. siblings.Where(node => node.Value is not null)], options);
        foreach (RoleNode node in judged.Where(node => node.Positive == true && (node.Role != MaltRole.Generator || !options.RequireCorrectGeneration || node.Correct == true)))
        {
            examples.Add(new RoleExample(node.Role, context, node.Text, node.Value!.Value, node.Correct) { NodeId = node.NodeId });
        }

        if (judged.Length > 0 && options.RolesWithPairs.Contains(judged[0].Role))
        {
            IEnumerable<RolePair> made =
                from better in judged
                from worse in judged
                where options.Interval is { } interval ? better.Value - worse.Value >= interval : better.Positive == true && worse.Positive == false
                select new RolePair(better.Role, context, better.Text, worse.Text, better.Value!.Value, worse.Value!.Value);
            pairs.AddRange(made.Take(options.MaxPairsPerParent ?? int.MaxValue));
        }

        // Every branch is followed, also below a text that was dropped as a duplicate.
        foreach (RoleNode node in siblings)
        {
            RoleContext below = node.Role == MaltRole.Generator ? context with { Solution = node.Text } : context with { Critique = node.Text };
            Visit(node.Children, below, options, examples, pairs);
        }
    }

    // A text with two labels teaches nothing but noise.
    private static RoleNode[] Distinct(RoleNode[] siblings, RoleDatasetOptions options) => !options.DropIdenticalSiblings
        ? siblings
        : [.. siblings.GroupBy(node => node.Text, StringComparer.Ordinal).Where(group => group.Select(node => node.Positive).Distinct().Count() == 1).Select(group => group.First())];
}
