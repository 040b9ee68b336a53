using System.Text.Json.Serialization;

namespace Agents.Plugins.Malt.Trees;

/// <summary>All branches of one question: generator, verifier, refiner.</summary>
/// <param name="QuestionId">Stable id of the question.</param>
/// <param name="Question">The question.</param>
/// <param name="Generations">The generator's texts with what follows them.</param>
public sealed record RoleTree(string QuestionId, string Question, IReadOnlyList<RoleNode> Generations)
{
    /// <summary>Name under which the details of an answer of <c>malt-tree</c> hold the tree.</summary>
    public const string DetailName = "tree";

    /// <summary>Gets all texts, each before its children.</summary>
    [JsonIgnore]
    public IEnumerable<RoleNode> Nodes => Generations.SelectMany(Below);

    /// <summary>Returns a count of roles for people.</summary>
    public override string ToString() => string.Join(", ", Nodes.GroupBy(node => node.Role).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Pipeline.RolePrompt.NameOf(group.Key)}"));

    private static IEnumerable<RoleNode> Below(RoleNode node) => node.Children.SelectMany(Below).Prepend(node);
}
