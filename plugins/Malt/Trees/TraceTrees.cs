using System.Globalization;
using Agents.Plugins.Malt.Pipeline;
using Agents.Tracing;

namespace Agents.Plugins.Malt.Trees;

/// <summary>Finds the branches of <c>malt</c> and <c>malt-tree</c> in a recorded trace, kept and discarded ones alike.</summary>
public static class TraceTrees
{
    /// <summary>Rebuilds the tree of a request.</summary>
    /// <param name="questionId">Stable id of the question.</param>
    /// <param name="question">The question.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="judge">Judges a solution or refinement; null takes the reward of the node, and where it has none the value of a leaf that is 0 or 1.</param>
    /// <returns>The tree, not backed up; without branches when the trace has no call of these roles.</returns>
    public static RoleTree Read(string questionId, string question, IReadOnlyList<TraceNode> trace, Func<TraceNode, bool?>? judge = null)
    {
        ArgumentNullException.ThrowIfNull(questionId);
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(trace);
        ILookup<int, TraceNode> byParent = trace
            .Where(node => node is { Kind: TraceNodeKind.Call, Text: not null } && RoleOf(node) is not null)
            .ToLookup(node => node.Notes.TryGetValue(TraceNotes.Reads, out string? parent) ? int.Parse(parent, CultureInfo.InvariantCulture) : -1);
        return new RoleTree(questionId, question, Nodes(-1));

        RoleNode[] Nodes(int parent) => [.. byParent[parent].Select(node =>
        {
            MaltRole role = RoleOf(node)!.Value;
            return new RoleNode(role, node.Text!)
            {
                NodeId = node.Id,
                Answer = node.Notes.GetValueOrDefault("answer"),
                Correct = role == MaltRole.Verifier ? null : judge is not null ? judge(node) : Judged(node, role),
                Children = Nodes(node.Id),
            };
        })];
    }

    private static bool? Judged(TraceNode node, MaltRole role) =>
        node.Reward is { } reward ? reward >= 1 : role == MaltRole.Refiner && node.Value is 0 or 1 ? node.Value == 1 : null;

    private static MaltRole? RoleOf(TraceNode node) => node.Notes.GetValueOrDefault(RoleNotes.Role) switch
    {
        "generator" => MaltRole.Generator,
        "verifier" => MaltRole.Verifier,
        "refiner" => MaltRole.Refiner,
        _ => null,
    };
}
