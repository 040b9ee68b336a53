using Agents.Budgets;
using Agents.Plugins.Malt.Data;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Agents.Verification;

namespace Agents.Plugins.Malt.Tests.Strategies;

public sealed class MaltTreeTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 14)]
    [InlineData(3, 39)]
    public async Task Expand_AnyBranching_HasNToTheThirdLeaves(int branches, int calls)
    {
        ScriptedChatClient model = MaltScript.Drawing();

        ReasoningResult result = await Solve(model, samples: branches);

        RoleTree tree = Tree(result);
        Assert.Equal((calls, calls), (result.Usage.Calls, model.Calls.Count));
        Assert.Equal(
            [branches, branches * branches, branches * branches * branches],
            Enum.GetValues<MaltRole>().Select(role => tree.Nodes.Count(node => node.Role == role)));
        Assert.Equal((branches, branches * branches * branches), ((int)result.Answer!.Details["branches"]!, (int)result.Answer.Details["judged"]!));
    }

    [Fact]
    public async Task Values_AreThoseOfTheVerifierBackedUp_AndStandInTheTrace()
    {
        ReasoningResult result = await Solve(MaltScript.Drawing());

        RoleTree tree = Tree(result);
        Assert.All(tree.Nodes, node => Assert.Equal(node.Value, result.Trace[node.NodeId!.Value].Value));
        Assert.All(tree.Nodes.Where(node => node.Role == MaltRole.Refiner), leaf => Assert.Equal(leaf.Text.Length % 2 == 0 ? 1 : 0, leaf.Value));
        foreach (RoleNode node in tree.Nodes.Where(node => node.Children.Count > 0))
        {
            Assert.Equal(node.Children.Average(child => child.Value!.Value), node.Value!.Value, 12);
        }
    }

    [Fact]
    public async Task RecordedTrace_GivesTheSameDatasetsAsTheTree()
    {
        ReasoningResult result = await Solve(MaltScript.Drawing());

        RoleTree recorded = TreeValues.BackUp(TraceTrees.Read(PluginBench.Task.Question, PluginBench.Task.Question, result.Trace));
        RoleDatasets fromTrace = RoleDatasets.Create([recorded]);
        RoleDatasets fromTree = RoleDatasets.Create([Tree(result)]);

        Assert.Equal(fromTree.Pairs, fromTrace.Pairs);
        Assert.Equal(fromTree.Examples.Select(example => (example.Target, example.Value)), fromTrace.Examples.Select(example => (example.Target, example.Value)));
        Assert.NotEmpty(fromTree.Pairs);
    }

    [Fact]
    public async Task Siblings_ReadOnePromptAndAreOneGroup()
    {
        ScriptedChatClient model = MaltScript.Drawing();

        await Solve(model);

        Assert.Equal(1 + 3 + 9, model.Calls.Select(call => call.Messages[^1].Text).Distinct().Count());
        Assert.DoesNotContain(model.Calls, call => call.Messages.Any(message => message.Text.Contains("reference", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task WithoutVerifier_ThereIsAVoteButNoValues()
    {
        ReasoningResult result = await new PluginBench(new Plugin(), MaltScript.Drawing()).SolveAsync(MaltTreeStrategy.Id, cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotNull(result.Answer!.FinalAnswer);
        Assert.Equal((0, null), ((int)result.Answer.Details["judged"]!, result.Answer.Details["value"]));
        Assert.All(Tree(result).Nodes, node => Assert.Null(node.Value));
        Assert.All(result.Trace.Where(node => node.Kind == TraceNodeKind.Call), node => Assert.Null(node.Value));
    }

    // The largest tree that is paid for whole.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(13, 3)]
    [InlineData(14, 14)]
    [InlineData(38, 14)]
    [InlineData(39, 39)]
    public async Task CallBudget_SmallerThanTheTree_GivesASmallerTree(int budget, int calls)
    {
        ReasoningResult result = await Solve(MaltScript.Drawing(), budget: budget);

        Assert.Equal((calls, StoppedBecause.Completed), (result.Usage.Calls, result.StoppedBecause));
        Assert.NotNull(result.Answer!.FinalAnswer);
    }

    [Fact]
    public async Task OneBranchFails_TheOthersStay()
    {
        int calls = 0;
        var model = new HangingChatClient(MaltScript.Drawing(), _ => Interlocked.Increment(ref calls) is >= 4 and <= 6) { Error = static () => new HttpRequestException("Service unavailable.") };

        ReasoningResult result = await new PluginBench(PluginFeatureTable.Of(new Plugin()), RoleModels.Single(model), verifier: new EvenLength())
            .SolveAsync(MaltTreeStrategy.Id, cancellationToken: TestContext.Current.CancellationToken);

        RoleTree tree = Tree(result);
        Assert.Equal([0, 3, 3], tree.Generations.Select(generation => generation.Children.Count).Order());
        Assert.Null(tree.Generations.Single(generation => generation.Children.Count == 0).Value);
        Assert.Equal(18, tree.Nodes.Count(node => node.Role == MaltRole.Refiner));
    }

    private static RoleTree Tree(ReasoningResult result) => (RoleTree)result.Answer!.Details[RoleTree.DetailName]!;

    private static Task<ReasoningResult> Solve(ScriptedChatClient model, int? samples = null, int? budget = null) =>
        new PluginBench(PluginFeatureTable.Of(new Plugin()), RoleModels.Single(model), verifier: new EvenLength()).SolveAsync(
            MaltTreeStrategy.Id, PluginBench.Options(samples: samples), new Budget { Calls = budget }, cancellationToken: TestContext.Current.CancellationToken);

    private sealed class EvenLength : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(Verdict.Of(request.Response.Length % 2 == 0));
    }
}
