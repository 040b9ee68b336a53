using Agents.Budgets;
using Agents.Models;
using Agents.Plugins.Malt.Trees;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Tests.Strategies;

public sealed class MaltTests
{
    // papers/33 §2.1: three sequential calls a pass, nine with three votes.
    [Theory]
    [InlineData("{}", null, 9)]
    [InlineData("{}", 1, 3)]
    [InlineData("""{"pipeline":"gv"}""", null, 6)]
    [InlineData("""{"pipeline":"gr"}""", 4, 8)]
    [InlineData("""{"pipeline":"g"}""", 5, 5)]
    public async Task Calls_AreWhatTheFormulaSays(string settings, int? samples, int calls)
    {
        ScriptedChatClient model = MaltScript.Drawing();

        ReasoningResult result = await Solve(model, settings, samples);

        Assert.Equal((calls, calls), (result.Usage.Calls, model.Calls.Count));
    }

    // Fewer passes first, then no verifier, then the generator alone.
    [Theory]
    [InlineData(1, 1, "g", 1)]
    [InlineData(2, 2, "gr", 1)]
    [InlineData(3, 3, "gvr", 1)]
    [InlineData(5, 3, "gvr", 1)]
    [InlineData(6, 6, "gvr", 2)]
    [InlineData(8, 6, "gvr", 2)]
    [InlineData(9, 9, "gvr", 3)]
    [InlineData(100, 9, "gvr", 3)]
    public async Task CallBudget_SmallerThanWanted_GivesUpPassesThenRoles(int budget, int calls, string pipeline, int passes)
    {
        ReasoningResult result = await new PluginBench(new Plugin(), MaltScript.Drawing()).SolveAsync(
            MaltStrategy.Id, budget: new Budget { Calls = budget }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((calls, StoppedBecause.Completed), (result.Usage.Calls, result.StoppedBecause));
        Assert.Equal((pipeline, passes), ((string)result.Answer!.Details["pipeline"]!, (int)result.Answer.Details["candidates"]!));
    }

    [Fact]
    public async Task Roles_ReadTheirOwnBranchOnly()
    {
        int next = 0;
        ScriptedChatClient model = new ScriptedChatClient()
            .On(MaltScript.Refine, (_, _) => $"Answer: {Interlocked.Increment(ref next)}")
            .On(MaltScript.Verify, (_, _) => $"critique {Interlocked.Increment(ref next)}")
            .On("", (_, _) => $"solution {Interlocked.Increment(ref next)} Answer: 0");

        ReasoningResult result = await Solve(model, "{}", 2);

        ScriptedCall[] verifies = [.. model.Calls.Where(call => call.Messages[^1].Text.Contains(MaltScript.Verify, StringComparison.Ordinal))];
        Assert.Contains("solution 1 ", verifies[0].Messages[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("solution 2 ", verifies[0].Messages[^1].Text, StringComparison.Ordinal);
        ScriptedCall[] refines = [.. model.Calls.Where(call => call.Messages[^1].Text.Contains(MaltScript.Refine, StringComparison.Ordinal))];
        Assert.Contains("solution 2 ", refines[1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("critique 4", refines[1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal((2, .5), ((int)result.Answer!.Details["changed"]!, (double)result.Answer.Details["agreement"]!));
        Assert.All(model.Calls, call => Assert.Equal(.3f, call.Options!.Temperature));
    }

    [Fact]
    public async Task WithoutVerifier_TheRefinerGetsAnEmptyCritique()
    {
        ScriptedChatClient model = MaltScript.Drawing();

        await Solve(model, """{"pipeline":"gr"}""", 1);

        Assert.Contains("which may itself be mistaken:\n\n\n", model.Calls[1].Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GeneratorAndVerifier_TheVerifiersTextIsTheAnswer()
    {
        ScriptedChatClient model = new ScriptedChatClient().On(MaltScript.Verify, new ScriptedAnswer("No: 3 · 4. Answer: 12")).On("", new ScriptedAnswer("Answer: 13"));

        ReasoningResult result = await Solve(model, """{"pipeline":"gv"}""", 1);

        Assert.Equal("12", result.Answer!.FinalAnswer);
        Assert.Contains("answer: ", model.Calls[1].Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vote_TieOfPasses_TakesTheEarliest()
    {
        int next = -1;
        string[] refined = ["Answer: b", "Answer: a", "Answer: a", "Answer: b"];
        ScriptedChatClient model = new ScriptedChatClient()
            .On(MaltScript.Refine, (_, _) => refined[Interlocked.Increment(ref next)]).On(MaltScript.Verify, new ScriptedAnswer("fine")).On("", new ScriptedAnswer("Answer: c"));

        ReasoningResult result = await Solve(model, "{}", 4);

        Assert.Equal("b", result.Answer!.FinalAnswer);
    }

    [Theory]
    [InlineData("", "7")]
    [InlineData("I give up.", "7")]
    [InlineData("Answer: 8", "8")]
    public async Task Refinement_WithoutFinalAnswer_DoesNotTakeThePasssVote(string refined, string expected)
    {
        ScriptedChatClient model = new ScriptedChatClient()
            .On(MaltScript.Refine, new ScriptedAnswer(refined)).On(MaltScript.Verify, new ScriptedAnswer("fine")).On("", new ScriptedAnswer("Answer: 7"));

        Assert.Equal(expected, (await Solve(model, "{}", 1)).Answer!.FinalAnswer);
    }

    [Fact]
    public async Task EachRole_MayHaveItsOwnClient()
    {
        ScriptedChatClient generator = new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1"));
        ScriptedChatClient verifier = new ScriptedChatClient().On("", new ScriptedAnswer("wrong"));
        ScriptedChatClient refiner = new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 2"));
        RoleModels models = RoleModels.Single(generator) with
        {
            Roles = new Dictionary<string, RoleModel> { [ModelRoles.Verifier] = new(verifier), [ModelRoles.Refiner] = new(refiner) },
        };

        ReasoningResult result = await new PluginBench(PluginFeatureTable.Of(new Plugin()), models).SolveAsync(MaltStrategy.Id, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((3, 3, 3, "2"), (generator.Calls.Count, verifier.Calls.Count, refiner.Calls.Count, result.Answer!.FinalAnswer));
    }

    [Fact]
    public async Task Adapters_WhereTheModelHasThem_GoToTheCallsOfTheirRole()
    {
        ScriptedChatClient inner = MaltScript.Drawing();
        var model = new LocalModelClient(inner, 100_000, LanguageModelCapabilities.Adapters) { Adapters = ["v-1", "r-1"] };

        await Solve(model, """{"verifierAdapter":"v-1","refinerAdapter":"r-1"}""", 1);

        Assert.Equal([null, "v-1", "r-1"], inner.Calls.Select(call => call.Options!.AdditionalProperties!.TryGetValue(ChatOptionKeys.Adapters, out object? name) ? name as string : null));
    }

    [Fact]
    public async Task Adapters_WhereTheModelHasNone_AreRefusedInOneLineBeforeAnyCall()
    {
        ScriptedChatClient model = MaltScript.Drawing();

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => Solve(model, """{"verifierAdapter":"v-1"}""", 1));

        Assert.Contains("'v-1' for the verifier", error.Message, StringComparison.Ordinal);
        Assert.Contains("bind the role 'verifier'", error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Fact]
    public async Task Adapters_ThatAreNotLoaded_AreRefusedBeforeAnyCall()
    {
        ScriptedChatClient inner = MaltScript.Drawing();
        var model = new LocalModelClient(inner, 100_000, LanguageModelCapabilities.Adapters) { Adapters = ["v-1"] };

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => Solve(model, """{"verifierAdapter":"v-2"}""", 1));

        Assert.Contains("'v-2'", error.Message, StringComparison.Ordinal);
        Assert.Empty(inner.Calls);
    }

    [Fact]
    public async Task SmallContext_SolutionAndCritique_AreShortenedToFit()
    {
        ScriptedChatClient inner = new ScriptedChatClient()
            .On(MaltScript.Refine, new ScriptedAnswer("Answer: 2"))
            .On(MaltScript.Verify, new ScriptedAnswer("The critique is long too. " + string.Concat(Enumerable.Repeat("blah ", 400))))
            .On("", new ScriptedAnswer(string.Concat(Enumerable.Repeat("word ", 400)) + "\nAnswer: 1"));

        ReasoningResult result = await Solve(new LocalModelClient(inner, 1600), "{}", 1);

        Assert.Equal("2", result.Answer!.FinalAnswer);
        Assert.Contains("[...]", inner.Calls[2].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("Answer: 1", inner.Calls[2].Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TinyModel_GetsTheFormsItWasTrainedOn()
    {
        ScriptedChatClient inner = new ScriptedChatClient(new ScriptedChatClientOptions { ModelName = "tiny-1" }).On("", new ScriptedAnswer("Answer: 1"));

        await new PluginBench(PluginFeatureTable.Of(new Plugin()), RoleModels.Single(inner, "tiny-1")).SolveAsync(
            MaltStrategy.Id, PluginBench.Options(samples: 1), cancellationToken: TestContext.Current.CancellationToken);

        string question = PluginBench.Task.Question;
        Assert.Equal(
            [question, $"{question}\nsolution:\nAnswer: 1\ncheck", $"{question}\nsolution:\nAnswer: 1\ncritique:\nAnswer: 1\nrefine"],
            inner.Calls.Select(call => call.Messages[^1].Text.TrimEnd()));
    }

    [Fact]
    public async Task Trace_HoldsEveryBranch()
    {
        ReasoningResult result = await Solve(MaltScript.Drawing(), "{}", 3);

        RoleTree tree = TraceTrees.Read("q", "?", result.Trace, node => node.Text!.EndsWith('7'));

        Assert.Equal("3 generator, 3 verifier, 3 refiner", tree.ToString());
        Assert.All(tree.Generations, generation => Assert.Single(Assert.Single(generation.Children).Children));
        Assert.All(tree.Nodes, node => Assert.Equal(node.Text, result.Trace[node.NodeId!.Value].Text));
        Assert.Equal(TraceNodeKind.Call, result.Trace[tree.Generations[0].NodeId!.Value].Kind);
    }

    private static Task<ReasoningResult> Solve(IChatClient model, string settings, int? samples = null) =>
        new PluginBench(new Plugin(), model).SolveAsync(MaltStrategy.Id, PluginBench.Options(settings, samples), cancellationToken: TestContext.Current.CancellationToken);
}
