using System.Runtime.CompilerServices;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;
using Agents.Reasoning;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.Malt;

/// <summary>
/// The data generation of MALT (arXiv 2412.01928; papers/33 §2.2): a tree of n solutions, n² critiques and n³ refinements, whose leaves the host's verifier judges and whose values
/// are written into the trace. Its answer is the vote of the leaves; the details hold the <see cref="RoleTree"/>. Costs n + n² + n³ calls: 39 for n = 3.
/// </summary>
public sealed class MaltTreeStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "malt-tree";

    /// <summary>Largest branching factor.</summary>
    internal const int MaximumBranching = 10;

    private const int DefaultBranching = 3;
    private const double DefaultTemperature = 0.3;
    private static readonly string[] Steps = ["generate", "verify", "refine"];

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        MaltTreeSettings settings = MaltTreeSettings.Read(context.Options);
        RoleAdapters adapters = settings.Adapters();
        adapters.Require(context);
        int branches = Affordable(context.Options.Samples ?? DefaultBranching, context.Budget.RemainingCalls);
        var expander = new TreeExpander(task, adapters, context.Options.Temperature ?? DefaultTemperature);
        List<Candidate[]> paths = [[]];
        List<Candidate[]> ended = [];
        List<Candidate[]> answers = [];
        foreach (MaltRole role in Enum.GetValues<MaltRole>())
        {
            if (role != MaltRole.Generator && (context.Budget.RemainingCalls < paths.Count || SoftLimit.Reached(context.Budget)))
            {
                // Half a level would be a tree whose values nobody could compare.
                break;
            }

            using IReasoningStep step = context.BeginStep(Steps[(int)role]);
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            int affordable = Math.Min(branches, context.Budget.RemainingCalls / paths.Count);
            IReadOnlyList<Candidate>[] level = await expander.LevelAsync(step, role, paths, affordable, cancellationToken).ConfigureAwait(false);
            ended.AddRange(paths.Where((path, parent) => level[parent].Count == 0 && path.Length > 0));
            paths = [.. paths.Zip(level, (path, children) => children.Select(child => (Candidate[])[.. path, child])).SelectMany(path => path)];
            answers = role == MaltRole.Verifier ? answers : paths;
            yield return new StepFinishedUpdate(step.NodeId, $"{paths.Count} texts");
            if (role == MaltRole.Generator)
            {
                yield return new DraftUpdate(Answer(answers));
            }
        }

        RoleTree tree = TreeValues.BackUp(await TreeAsync(task, context, expander, [.. paths, .. ended], cancellationToken).ConfigureAwait(false), settings.Threshold, settings.Pooling);
        foreach (RoleNode node in tree.Nodes)
        {
            if (node is { NodeId: { } id, Value: { } value })
            {
                context.SetValue(id, value);
            }
        }

        RoleNode[] leaves = [.. tree.Nodes.Where(node => node is { Role: MaltRole.Refiner, Value: not null })];
        yield return new AnswerUpdate(Answer(answers).With(
            (RoleTree.DetailName, tree), ("branches", branches), ("judged", leaves.Length), ("value", leaves.Length == 0 ? null : leaves.Average(leaf => leaf.Value!.Value))));
    }

    // The largest tree that the budget pays for whole; a single branch where it pays for no tree.
    private static int Affordable(int wanted, int calls)
    {
        int branches = wanted;
        while (branches > 1 && branches + (branches * branches) + (branches * branches * branches) > calls)
        {
            branches--;
        }

        return branches;
    }

    private static ReasoningAnswer Answer(List<Candidate[]> paths)
    {
        Candidate[] last = [.. paths.Select(path => path[^1])];
        return Answers.Of(Vote.Of(last), last);
    }

    private static async Task<RoleTree> TreeAsync(
        ReasoningTask task, IReasoningContext context, TreeExpander expander, List<Candidate[]> paths, CancellationToken cancellationToken)
    {
        return new RoleTree(task.Id.Length > 0 ? task.Id : task.Question, task.Question, await NodesAsync(paths, 0).ConfigureAwait(false));

        async Task<RoleNode[]> NodesAsync(IEnumerable<Candidate[]> below, int depth)
        {
            List<RoleNode> nodes = [];
            foreach (IGrouping<Candidate, Candidate[]> group in below.Where(path => path.Length > depth).GroupBy(path => path[depth], (IEqualityComparer<Candidate>)ReferenceEqualityComparer.Instance))
            {
                var role = (MaltRole)depth;
                nodes.Add(new RoleNode(role, group.Key.Text)
                {
                    Answer = group.Key.Answer,
                    NodeId = group.Key.Response.TraceNodeId(),

                    // A critique has no answer of its own to judge.
                    Correct = role == MaltRole.Verifier ? null : await expander.JudgeAsync(context.Verifier, group.Key, cancellationToken).ConfigureAwait(false),
                    Children = await NodesAsync(group, depth + 1).ConfigureAwait(false),
                });
            }

            return [.. nodes];
        }
    }
}
