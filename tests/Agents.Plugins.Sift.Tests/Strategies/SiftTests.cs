using Agents.Budgets;
using Agents.Models;
using Agents.Plugins.Sift.Predictions;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Sift.Tests.Strategies;

/// <summary>papers/49 §5 (A): control flow.</summary>
public sealed class SiftTests
{
    [Theory]
    [InlineData("1", "1", "9", 3, "1", 1)]
    [InlineData("1,2", "3,2", "9", 6, "2", 2)]
    [InlineData("1,2,4", "3,5,4", "9", 10, "4", 3)]
    [InlineData("1,2,4", "3,5,6", "9", 11, "9", 0)]
    public async Task Stages_UntilTheViewsAgree_CostWhatThePaperSays(string sticker, string both, string question, int calls, string answer, int stage)
    {
        ScriptedChatClient model = SiftScript.InTurn(sticker.Split(','), both.Split(','), question);

        ReasoningResult result = await Solve(model);

        Assert.Equal((calls, calls, answer), (result.Usage.Calls, model.Calls.Count, result.Answer!.FinalAnswer));
        Assert.Equal((stage > 0, stage), ((bool)result.Answer.Details["grounded"]!, (int)result.Answer.Details["stage"]!));
    }

    // The trap: the abstract reads as if the plain question were compared; the method compares the two views that have a sticker.
    [Fact]
    public async Task Consensus_ComparesStickerAloneWithQuestionAndSticker_NotThePlainAnswer()
    {
        ScriptedChatClient model = SiftScript.InTurn(["1"], ["2"], "2");

        ReasoningResult result = await Solve(model, """{"maxStage":1}""");

        Assert.Equal(("2", false, 4), (result.Answer!.FinalAnswer, (bool)result.Answer.Details["grounded"]!, result.Usage.Calls));
        Assert.DoesNotContain(SiftScript.InTurn(["1"], ["1"], "2").Calls, call => call.Text.Contains('2'));
    }

    [Fact]
    public async Task Agreement_ReturnsTheTextOfQuestionAndSticker()
    {
        ScriptedChatClient model = SiftScript.InTurn(["x"], ["X"], "9");

        Assert.Equal("Answer: X", (await Solve(model)).Answer!.Text);
    }

    [Fact]
    public async Task TwoMissingAnswers_NeverAgree()
    {
        ScriptedChatClient model = new ScriptedChatClient()
            .On(SiftScript.Write, new ScriptedAnswer(SiftScript.Sticker)).On(SiftScript.Solve, new ScriptedAnswer("I do not know.")).On("", new ScriptedAnswer("Answer: 9"));

        ReasoningResult result = await Solve(model, """{"maxStage":1}""");

        Assert.Equal(("9", false), (result.Answer!.FinalAnswer, (bool)result.Answer.Details["grounded"]!));
    }

    [Fact]
    public async Task Prompts_ShowWhatTheOperationsMaySee()
    {
        int next = 0;
        ScriptedChatClient model = new ScriptedChatClient()
            .On(SiftScript.Write, new ScriptedAnswer(Sticker("S-one")))
            .On(SiftScript.Correct, (_, _) => Sticker($"corrected-{Interlocked.Increment(ref next)}"))
            .On(SiftScript.Invert, new ScriptedAnswer(Sticker("inverted")))
            .On("", (_, stream) => $"thought-{Interlocked.Increment(ref next)}. Answer: {stream.NextInt(int.MaxValue)}");
        ReasoningTask task = new([new(ChatRole.System, "Be brief."), new(ChatRole.User, "An earlier question."), new(ChatRole.Assistant, "Its answer."), PluginBench.Task.Messages[0]]);

        await new PluginBench(new Plugin(), model).SolveAsync(SiftStrategy.Id, task: task, cancellationToken: TestContext.Current.CancellationToken);

        ScriptedCall[] corrects = Of(model, SiftScript.Correct);
        ScriptedCall invert = Assert.Single(Of(model, SiftScript.Invert));
        Assert.Equal(2, corrects.Length);
        Assert.All(corrects, call => Assert.True(SiftScript.HasQuestion(call.Messages)));
        Assert.Contains("S-one", corrects[0].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("inverted", corrects[1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal((false, 1), (SiftScript.HasQuestion(invert.Messages), invert.Messages.Count));

        // The inverse reads the stage-2 prediction from question and sticker.
        ScriptedCall stageTwo = model.Calls.Where(call => call.Messages[^1].Text.Contains("corrected-", StringComparison.Ordinal) && SiftScript.HasQuestion(call.Messages)).First();
        Assert.Contains(stageTwo.Text, invert.Messages[^1].Text, StringComparison.Ordinal);

        // Stage 2 sees nothing of the predictions of stage 1, and the sticker's view nothing of the question, but the system's instructions.
        ScriptedCall[] solves = Of(model, SiftScript.Solve);
        Assert.Equal(6, solves.Length);
        Assert.All(solves[2..4], call => Assert.DoesNotContain(call.Messages, message => message.Text.Contains("thought-", StringComparison.Ordinal)));
        Assert.Equal(3, solves.Count(call => !SiftScript.HasQuestion(call.Messages) && call.Messages.Count == 2 && call.Messages[0].Text == "Be brief."));
        Assert.Equal(3, solves.Count(call => SiftScript.HasQuestion(call.Messages) && call.Messages.Count == 4));
        Assert.Equal(task.Messages.Select(message => message.Text), model.Calls[^1].Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task Decoding_IsGreedyUnlessCoupled()
    {
        ScriptedChatClient plain = SiftScript.InTurn(["1"], ["1"], "9");
        ScriptedChatClient coupled = SiftScript.InTurn(["1"], ["1"], "9");

        await Solve(plain);
        await Solve(coupled, """{"coupling":"prediction"}""", 2);

        Assert.All(plain.Calls, call => Assert.Equal((0f, null), (call.Options!.Temperature!.Value, call.Options.TopP)));
        Assert.All(coupled.Calls, call => Assert.Equal((.6f, .9f), (call.Options!.Temperature!.Value, call.Options.TopP!.Value)));
    }

    // (b) returns the sticker's view when it equals the plain answer, else question and sticker; (c) the plain answer when it equals that of both, else the sticker's.
    [Theory]
    [InlineData(ConsensusStrategy.StickerWithBoth, "1", "1", "2", "1", true, 3)]
    [InlineData(ConsensusStrategy.StickerWithBoth, "1", "3", "2", "2", false, 4)]
    [InlineData(ConsensusStrategy.StickerWithQuestion, "2", "1", "2", "2", true, 3)]
    [InlineData(ConsensusStrategy.StickerWithQuestion, "1", "3", "2", "3", false, 4)]
    [InlineData(ConsensusStrategy.QuestionWithBoth, "1", "2", "2", "2", true, 3)]
    [InlineData(ConsensusStrategy.QuestionWithBoth, "1", "3", "2", "1", false, 4)]
    public async Task ConsensusStrategies_StageOne_CompareAndFallBackAsTheyAreDefined(
        ConsensusStrategy consensus, string sticker, string both, string question, string answer, bool grounded, int calls)
    {
        ReasoningResult result = await Solve(SiftScript.InTurn([sticker], [both], question), $$"""{"maxStage":1,"consensus":"{{consensus}}"}""");

        Assert.Equal((answer, grounded, calls), (result.Answer!.FinalAnswer, (bool)result.Answer.Details["grounded"]!, result.Usage.Calls));
    }

    [Theory]
    [InlineData("StickerWithQuestion", 3 + 2 + 4 + 1)]
    [InlineData("QuestionWithBoth", 3 + 2 + 3 + 1)]
    public async Task OtherConsensus_AllStages_AskThePlainQuestionOnce(string consensus, int calls)
    {
        ScriptedChatClient model = SiftScript.InTurn(["1"], ["2"], "3");

        ReasoningResult result = await Solve(model, $$"""{"consensus":"{{consensus}}"}""");

        Assert.Equal(calls, result.Usage.Calls);
        Assert.Single(model.Calls, call => call.Messages[^1].Text == PluginBench.Task.Question);
    }

    [Theory]
    [InlineData("""{"maxStage":1}""", 3 + 1, "stage 1,fallback")]
    [InlineData("""{"maxStage":2}""", 6 + 1, "stage 1,stage 2,fallback")]
    [InlineData("""{"skipForward":true}""", 7 + 1, "stage 1,stage 3,fallback")]
    [InlineData("""{"repeatForward":3,"maxStage":2}""", 3 + 9 + 1, "stage 1,stage 2,stage 2,stage 2,fallback")]
    [InlineData("""{"repeatInverse":2}""", 6 + 8 + 1, "stage 1,stage 2,stage 3,stage 3,fallback")]
    public async Task Ablations_NeverAgreeing_RunTheirStages(string settings, int calls, string steps)
    {
        ReasoningResult result = await Solve(SiftScript.InTurn(["1"], ["2"], "3"), settings);

        Assert.Equal(calls, result.Usage.Calls);
        Assert.Equal(steps, string.Join(',', result.Trace.Where(node => node.Kind == TraceNodeKind.Step).Select(node => node.Name)));
    }

    [Fact]
    public async Task SkipForward_InvertsThePredictionOfStageOne()
    {
        ScriptedChatClient model = SiftScript.InTurn(["1"], ["2"], "3");

        await Solve(model, """{"skipForward":true}""");

        Assert.Contains("Answer: 2", Assert.Single(Of(model, SiftScript.Invert)).Messages[^1].Text, StringComparison.Ordinal);
        Assert.Single(Of(model, SiftScript.Correct));
    }

    // Each view votes by itself, then the votes are compared: 1, 1, 2 against 1, 3, 1.
    [Theory]
    [InlineData("prediction", 1 + 6)]
    [InlineData("sticker", 3 + 6)]
    public async Task Couplings_CompareTheVotesOfTheViews(string coupling, int calls)
    {
        ReasoningResult result = await Solve(SiftScript.InTurn(["1", "1", "2"], ["1", "3", "1"], "9"), $$"""{"coupling":"{{coupling}}"}""", 3);

        Assert.Equal((calls, "1", true), (result.Usage.Calls, result.Answer!.FinalAnswer, (bool)result.Answer.Details["grounded"]!));
    }

    [Fact]
    public async Task SiftConsistency_VotesOverWholeRuns()
    {
        // Run 1 and 3 agree on 1 and on 2 at stage 1, run 2 falls back to 2.
        ReasoningResult result = await Solve(SiftScript.InTurn(["1", "5", "2"], ["1", "6", "2"], "2"), """{"coupling":"sift","maxStage":1}""", 3);

        Assert.Equal((3 + 4 + 3, "2"), (result.Usage.Calls, result.Answer!.FinalAnswer));
        Assert.Equal((3, 2.0 / 3), ((int)result.Answer.Details["candidates"]!, (double)result.Answer.Details["agreement"]!));
    }

    [Theory]
    [InlineData(1, 1, "9")]
    [InlineData(2, 1, "9")]
    [InlineData(3, 3, "2")]
    [InlineData(4, 4, "9")]
    [InlineData(6, 4, "9")]
    [InlineData(7, 7, "9")]
    [InlineData(10, 7, "9")]
    [InlineData(11, 11, "9")]
    public async Task CallBudget_TooSmallForAStage_KeepsACallForTheFallback(int budget, int calls, string answer)
    {
        ReasoningResult result = await new PluginBench(new Plugin(), SiftScript.InTurn(["1"], ["2"], "9")).SolveAsync(
            SiftStrategy.Id, budget: new Budget { Calls = budget }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((calls, answer, StoppedBecause.Completed), (result.Usage.Calls, result.Answer!.FinalAnswer, result.StoppedBecause));
    }

    [Theory]
    [InlineData(SiftScript.Write, "9")]
    [InlineData(SiftScript.Correct, "9")]
    [InlineData(SiftScript.Invert, "9")]
    public async Task FailingOperation_IsLeftOut(string part, string answer)
    {
        var model = new HangingChatClient(SiftScript.InTurn(["1"], ["2"], "9"), text => text.Contains(part, StringComparison.Ordinal)) { Error = static () => new HttpRequestException("Service unavailable.") };

        ReasoningResult result = await Solve(model);

        Assert.Equal(answer, result.Answer!.FinalAnswer);
        Assert.Contains(result.Trace, node => node.Error is not null);
    }

    [Theory]
    [InlineData(LanguageModelCapabilities.Grammar, "{}", true)]
    [InlineData(LanguageModelCapabilities.None, "{}", false)]
    [InlineData(LanguageModelCapabilities.None, """{"structured":true}""", true)]
    [InlineData(LanguageModelCapabilities.Grammar, """{"structured":false}""", false)]
    public async Task Schema_WhereTheModelDecodesUnderAGrammar_HoldsTheStickersOnly(LanguageModelCapabilities capabilities, string settings, bool held)
    {
        ScriptedChatClient inner = new ScriptedChatClient()
            .On("JSON object", new ScriptedAnswer("""{"conditions":["Three rows.","Four in each."],"question":"How many?"}"""))
            .On(SiftScript.Write, new ScriptedAnswer(SiftScript.Sticker)).On(SiftScript.Correct, new ScriptedAnswer(SiftScript.Sticker)).On(SiftScript.Invert, new ScriptedAnswer(SiftScript.Sticker))
            .On("", (_, stream) => $"Answer: {stream.NextInt(int.MaxValue)}");

        await Solve(new LocalModelClient(inner, 100_000, capabilities), settings);

        ScriptedCall[] schema = [.. inner.Calls.Where(call => call.Options!.ResponseFormat is ChatResponseFormatJson)];
        Assert.Equal(held ? 4 : 0, schema.Length);
        Assert.Equal(held ? 4 : 0, inner.Calls.Count(call => call.Messages[^1].Text.Contains("JSON object", StringComparison.Ordinal)));
        if (held)
        {
            Assert.Contains("**Conditions:**\n1. Three rows.\n2. Four in each.\n\n**Question:**\nHow many?", Of(inner, SiftScript.Solve)[0].Messages[^1].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TinyModel_KeepsItsOwnFormOfStickers()
    {
        ScriptedChatClient inner = new ScriptedChatClient(new ScriptedChatClientOptions { ModelName = "tiny-1" }).On("facts", new ScriptedAnswer("gus 17\nida?")).On("", new ScriptedAnswer("Answer: 1"));
        var bench = new PluginBench(PluginFeatureTable.Of(new Plugin()), RoleModels.Single(new LocalModelClient(inner, 100_000, LanguageModelCapabilities.Grammar), "tiny-1"));

        await bench.SolveAsync(SiftStrategy.Id, PluginBench.Options("""{"maxStage":1}"""), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(PluginBench.Task.Question + "\nfacts", inner.Calls[0].Messages[^1].Text.TrimEnd());
        Assert.Equal("gus 17\nida?\nfrom facts", inner.Calls[1].Messages[^1].Text.TrimEnd());
        Assert.All(inner.Calls, call => Assert.Null(call.Options!.ResponseFormat));
    }

    [Fact]
    public async Task Corrections_LeaveATrailOfConditions()
    {
        ScriptedChatClient model = SiftScript.InTurn(["1", "2"], ["3", "2"], "9");
        ScriptedChatClient correcting = new ScriptedChatClient().On(SiftScript.Correct, new ScriptedAnswer("**Conditions:**\n1. Three rows.\n2. A month has 30 days.\n\n**Question:**\nHow many?"));
        correcting.On("", (messages, _) => model.GetResponseAsync(messages).GetAwaiter().GetResult().Text);

        ReasoningResult result = await Solve(correcting);

        TraceNode corrected = Assert.Single(result.Trace, node => node.Notes.ContainsKey("added"));
        Assert.Equal(("A month has 30 days.", "Four in each."), (corrected.Notes["added"], corrected.Notes["removed"]));
    }

    private static ScriptedCall[] Of(ScriptedChatClient model, string part) => [.. model.Calls.Where(call => call.Messages[^1].Text.Contains(part, StringComparison.Ordinal))];

    private static string Sticker(string fact) => $"**Conditions:**\n1. {fact}\n\n**Question:**\nHow many?";

    private static Task<ReasoningResult> Solve(IChatClient model, string settings = "{}", int? samples = null) =>
        new PluginBench(new Plugin(), model).SolveAsync(SiftStrategy.Id, PluginBench.Options(settings, samples), cancellationToken: TestContext.Current.CancellationToken);
}
